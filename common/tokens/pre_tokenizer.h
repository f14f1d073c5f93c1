// Cuts text into pre-tokens, which no merge crosses. The patterns of the presets stand here and have
// hand-written splitters; any other pattern runs on PCRE2 with JIT.
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

/// The patterns of the SuperBPE reference (arXiv 2503.13423, repository PythonNut/superbpe at bbd0976,
/// scripts/train_tokenizer.sh and scripts/extend_tokenizer.sh). Only `\s` is spelled out as White_Space,
/// because PCRE2's also holds U+180E; Oniguruma, which Hugging Face uses, reads both alike.
inline constexpr PreTokenizerPreset kSuperBpePreset = {
    "superbpe",
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"(|\p{N}{1,3}| ?[^\p{Z}\t-\r\x{85}\p{L}\p{N}]+[\r\n/]*)"
    R"(|[\p{Z}\t-\r\x{85}]*[\r\n]+|[\p{Z}\t-\r\x{85}]+(?![^\p{Z}\t-\r\x{85}])|[\p{Z}\t-\r\x{85}]+)",
    R"(\p{N}{1,3}| ?[^\p{Z}\t-\r\x{85}\p{L}\p{N}]{2,}[\r\n/]*| +(?![^\p{Z}\t-\r\x{85}]))",
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

  /// The same in parts: from `begin`, where the part before ended, up to the end that it returns, so that the
  /// pieces of a part take bounded memory. The text is UTF-8 and `begin` < text.size().
  std::size_t split_part(std::string_view text, std::size_t begin,
                         std::vector<std::string_view>& pieces) const;

  /// Throws Error{kBadData} when the text is not UTF-8.
  static void check_utf8(std::string_view text);

  const std::string& pattern() const { return pattern_; }

 private:
  struct Compiled;
  std::string pattern_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace palimpsest::tokens
