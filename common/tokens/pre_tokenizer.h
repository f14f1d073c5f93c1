// Cuts text into pre-tokens, which no merge crosses. PCRE2 with JIT; the patterns of the presets stand here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::tokens {

/// A named pair of patterns. White space and digits are spelled out, because `\s` and `\d` differ between
/// regex engines and Unicode versions.
struct PreTokenizerPreset {
  std::string_view name;
  std::string_view stage1;  ///< training only: what a word is
  std::string_view stage2;  ///< published in tokenizer.json: what the encoder applies
};

/// For code: a newline keeps the indentation behind it; the encoder isolates nothing but digit groups.
/// Every stage-1 pre-token lies inside one stage-2 pre-token.
inline constexpr PreTokenizerPreset kCodePreset = {
    "code",
    R"(\r?\n[ \t]*| ?[\p{L}\p{M}]+|[0-9]{1,3}| ?[^\p{L}\p{M}0-9 \t\r\n\f\x0b]+)"
    R"(|[ \t]+(?= [^ \t\r\n])|[ \t\f\x0b]+|\r)",
    R"([0-9]{1,3})",
};

/// Immutable and thread-safe.
class PreTokenizer {
 public:
  /// An empty pattern leaves the text whole. Throws Error{kBadData} that names `where` when it does not
  /// compile.
  PreTokenizer(std::string pattern, const std::string& where);
  PreTokenizer(PreTokenizer&&) noexcept;
  PreTokenizer& operator=(PreTokenizer&&) noexcept;
  ~PreTokenizer();

  /// Appends the pre-tokens of `text` to `pieces`: the matches and what lies between them (Hugging Face
  /// `Split` with behaviour `Isolated`). They join to `text`. Throws Error{kBadData} when the text is not
  /// UTF-8.
  void split(std::string_view text, std::vector<std::string_view>& pieces) const;

  const std::string& pattern() const { return pattern_; }

 private:
  struct Compiled;
  std::string pattern_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace palimpsest::tokens
