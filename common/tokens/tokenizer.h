// Text to token ids and back, by the ByteLevel BPE of a tokenizer.json in the Hugging Face format.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

/// Exact flat BPE by rank over pre-tokens, the ids that Hugging Face `tokenizers` gives with
/// `encode_special_tokens = True`: text that spells a special token is data, never the special.
/// Immutable and thread-safe after loading.
class Tokenizer {
 public:
  /// Throws Error{kEnvironment} (missing) or Error{kBadData} (not ours: names the field).
  static Tokenizer load(const std::filesystem::path& tokenizer_json);
  /// `where` names the text in errors.
  static Tokenizer parse(std::string_view json, const std::string& where);

  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// O(n log n) in the worst case, n = text bytes. The text must be UTF-8.
  std::vector<TokenId> encode(std::string_view text) const;
  /// Appends to `ids`.
  void encode_into(std::string_view text, std::vector<TokenId>& ids) const;

  /// The bytes of the tokens, joined. Special tokens have no bytes. Throws Error{kBadData} on an unknown id.
  std::string decode(std::span<const TokenId> ids) const;

  /// Text bytes of one token; empty for specials.
  std::string_view bytes(TokenId id) const;

  std::size_t size() const;  ///< entries of the vocabulary, specials included

  /// SHA-256 of the tokenizer.json, hex: shards and checkpoints record it.
  const std::string& digest() const;

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::tokens
