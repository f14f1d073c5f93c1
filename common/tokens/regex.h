// A regular expression of a user: PCRE2 with Unicode properties and, where there is one, its JIT.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace palimpsest::tokens {

/// How a pattern meets text.
enum class RegexText {
  kValidUtf8,  ///< the caller has checked; empty matches do not count
  kAnyBytes,   ///< bytes that are no UTF-8 match nothing
};

/// Immutable and thread-safe.
class Regex {
 public:
  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  /// `what` names the pattern in errors, `where` ends before the offset in it. Throws Error{code} when the
  /// pattern does not compile, and in find().
  Regex(std::string pattern, RegexText text, base::ErrorCode code, std::string what,
        const std::string& where);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// The first match that begins at `begin` or later.
  std::optional<Range> find(std::string_view text, std::size_t begin) const;

  const std::string& pattern() const { return pattern_; }

 private:
  struct Code;
  std::string pattern_;
  RegexText text_;
  base::ErrorCode error_code_;
  std::string what_;
  std::unique_ptr<Code> code_;
};

}  // namespace palimpsest::tokens
