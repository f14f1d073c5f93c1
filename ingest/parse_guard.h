// Keeps hostile text from costing the parser more time or memory than any sane file needs.
#pragma once

#include <cstdint>
#include <string_view>

#include <tree_sitter/api.h>

namespace palimpsest::ingest {

/// Brackets nested deeper are an attack or data; the deepest real file in the `full` list reaches a few
/// dozen, and tree-sitter takes about 640 bytes a level.
inline constexpr std::size_t kMaxBracketDepth = 4'000;

/// The most brackets of any kind that are open at once, read without regard to strings and comments.
std::size_t bracket_depth(std::string_view text);

/// Counts the steps and the memory of one parse; both limits are exact, so the result does not depend on the
/// machine. Use one for each parse, in the thread that parses. tree-sitter's allocator is replaced at first
/// use.
class ParseGuard {
 public:
  explicit ParseGuard(std::string_view text);

  /// For ts_parser_parse_with_options; stops at a limit or when the process is asked to stop.
  TSParseOptions options() { return {this, &should_stop}; }

  std::uint64_t calls() const { return calls_; }

 private:
  static bool should_stop(TSParseState* state);

  std::uint64_t max_calls_;
  std::int64_t max_bytes_;
  std::uint64_t calls_ = 0;
};

}  // namespace palimpsest::ingest
