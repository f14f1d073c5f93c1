// A user's regular expression that says which tokens stage 2 must not make.
#pragma once

#include <string>
#include <string_view>

#include "common/tokens/regex.h"

namespace palimpsest::tokenize {

/// Immutable and thread-safe.
class TokenVeto {
 public:
  /// Throws Error{kUsage} that names the offset when the pattern does not compile.
  explicit TokenVeto(const std::string& pattern)
      : regex_(pattern, tokens::RegexText::kAnyBytes, base::ErrorCode::kUsage, "--veto", "") {}

  /// Whether the pattern matches anywhere in the token. Parts of a character that the token cuts match
  /// nothing.
  bool operator()(std::string_view bytes) const { return regex_.find(bytes, 0).has_value(); }

 private:
  tokens::Regex regex_;
};

}  // namespace palimpsest::tokenize
