// Which part of too much text to learn from: a choice over strata, never the head of the corpus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::tokenize {

struct SampleItem {
  std::string stratum;    ///< items of one repository and label have the same
  std::uint64_t key = 0;  ///< seeded hash of the item: its place in the stratum
  std::uint64_t bytes = 0;
};

/// By item, whether it is taken: at most `budget` bytes, about the same part of every stratum, and the first
/// item of each stratum before the second of any. The order of the items does not matter when keys differ.
std::vector<bool> stratified_sample(const std::vector<SampleItem>& items, std::uint64_t budget);

/// Cuts a text into blocks of at most `max_bytes` (4 or more) that join to it: behind a newline where there
/// is one, else between characters. Bounds what one text, and so one pre-token, can cost.
std::vector<std::string_view> text_blocks(std::string_view text, std::size_t max_bytes);

}  // namespace palimpsest::tokenize
