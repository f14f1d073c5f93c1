// Best-fit-decreasing bin packing of segments into rows.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace palimpsest::shard {

/// Numbers of the items of each row; the lengths of a row sum to at most `capacity`. Items are placed longest
/// first (the first of equals first), each into the fullest row that still has room, the first of equals. O(n
/// log n). REQUIRES: every length is at most `capacity`.
std::vector<std::vector<std::size_t>> pack_best_fit(std::span<const std::size_t> lengths,
                                                    std::size_t capacity);

/// Rows that plain first-fit needs: items in the given order, each into the first row with room. For
/// comparison. O(n log n). REQUIRES the same.
std::size_t first_fit_rows(std::span<const std::size_t> lengths, std::size_t capacity);

}  // namespace palimpsest::shard
