// Keeps hostile text from costing the parser more time or memory than any sane file needs.
#pragma once

#include <cstdint>
#include <string_view>

#include <tree_sitter/api.h>

namespace palimpsest::syntax {

/// Brackets nested deeper are an attack or data; the deepest real file in the `full` list reaches a few
/// dozen, and tree-sitter takes about 640 bytes a level.
inline constexpr std::size_t kMaxBracketDepth = 100'000;

/// The most brackets of any kind that are open at once, read without regard to strings and comments.
std::size_t bracket_depth(std::string_view text);

/// Bounds one parse in steps, memory and, as the last resort, CPU time: single steps of tree-sitter can take
/// seconds on hostile text. The time is so many times what the largest sane file needs that no such file
/// meets it on any machine; the other limits do not depend on the machine. Use one for each parse, in the
/// thread that parses, after use_parse_memory().
class ParseGuard {
 public:
  explicit ParseGuard(std::string_view text);
  ParseGuard(const ParseGuard&) = delete;
  ParseGuard& operator=(const ParseGuard&) = delete;

  /// Hands the text over in pieces and checks the time at each, because the lexer alone may scan it over and
  /// over.
  TSInput input() { return {this, &read, TSInputEncodingUTF8, nullptr}; }

  /// Stops at a limit or when the process is asked to stop.
  TSParseOptions options() { return {this, &should_stop}; }

  /// True when a limit was met: a tree that was made all the same is of a part of the text.
  bool met_limit() const { return met_limit_; }

 private:
  static const char* read(void* self, std::uint32_t offset, TSPoint, std::uint32_t* size);
  static bool should_stop(TSParseState* state);
  bool is_out_of_time();

  std::string_view text_;
  std::uint64_t calls_left_;
  std::int64_t max_bytes_;
  std::int64_t end_ns_;      // of the wall's clock
  std::int64_t cpu_end_ns_;  // of the thread's
  bool met_limit_ = false;
};

}  // namespace palimpsest::syntax
