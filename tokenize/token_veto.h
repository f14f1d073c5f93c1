// A user's regular expression that says which tokens stage 2 must not make.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace palimpsest::tokenize {

/// PCRE2 with Unicode properties. Immutable and thread-safe.
class TokenVeto {
 public:
  /// Throws Error{kUsage} that names the offset when the pattern does not compile.
  explicit TokenVeto(const std::string& pattern);
  ~TokenVeto();
  TokenVeto(TokenVeto&&) noexcept;
  TokenVeto& operator=(TokenVeto&&) noexcept;

  /// Whether the pattern matches anywhere in the token. Parts of a character that the token cuts match
  /// nothing.
  bool operator()(std::string_view bytes) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace palimpsest::tokenize
