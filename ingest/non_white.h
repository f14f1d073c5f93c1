// Sizes of code: Unicode code points other than ASCII white space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

/// Counts them in any part of one text: memory is a sixteenth of the text, a count looks at less than two
/// blocks.
class NonWhiteIndex {
 public:
  /// `text` must outlive the index and be below 4 GiB.
  explicit NonWhiteIndex(std::string_view text);

  /// Of [begin, end), by where code points begin.
  std::uint32_t count(std::size_t begin, std::size_t end) const { return before(end) - before(begin); }

  /// The largest end for which count(begin, end) is at most `budget`.
  std::size_t reach(std::size_t begin, std::uint32_t budget) const;

 private:
  std::uint32_t before(std::size_t end) const;

  std::string_view text_;
  std::vector<std::uint32_t> blocks_;  // [i]: before block i
};

}  // namespace palimpsest::ingest
