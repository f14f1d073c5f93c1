// Text to token ids and back, by the ByteLevel BPE of a tokenizer.json in the Hugging Face format.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/encode_options.h"
#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

class BpeEncoder;
class PreTokenizer;

/// A text with a hole, as tokens. Joined they are the encoding of the whole text.
struct HealedHole {
  std::size_t begin = 0;  ///< the hole in bytes, widened to whole tokens
  std::size_t end = 0;
  std::vector<TokenId> left;
  std::vector<TokenId> inside;
  std::vector<TokenId> right;
};

/// Exact flat BPE by rank over pre-tokens, the ids that Hugging Face `tokenizers` gives: with
/// `encode_special_tokens = True` by default, with False when all specials are allowed.
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

  /// O(n log n) in the worst case, n = text bytes. Throws Error{kBadData} when the text is not UTF-8 and the
  /// options do not take it.
  std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options = {}) const;
  /// Appends to `ids`.
  void encode_into(std::string_view text, std::vector<TokenId>& ids, const EncodeOptions& options = {}) const;

  /// Hands the ids over part by part, so that they take the memory of the longest pre-token and no more.
  /// `take` must not use a tokenizer.
  void encode_parts(std::string_view text, const std::function<void(std::span<const TokenId>)>& take,
                    const EncodeOptions& options = {}) const;

  /// encode().size() without the ids.
  std::size_t count(std::string_view text, const EncodeOptions& options = {}) const;

  /// encode() of each text, on the threads of the caller's oneTBB arena; the result does not depend on their
  /// number.
  std::vector<std::vector<TokenId>> encode_batch(std::span<const std::string_view> texts,
                                                 const EncodeOptions& options = {}) const;

  /// For infill: cuts the text at [begin, end), begin <= end <= text.size(), or at a point when they are
  /// equal. A token that a cut falls into belongs to the inside, so that left and right are what the encoding
  /// of the whole text has.
  HealedHole heal(std::string_view text, std::size_t begin, std::size_t end) const;

  /// The bytes of the tokens, joined: what was encoded, for every text without allowed specials. Special
  /// tokens have no bytes. Throws Error{kBadData} on an unknown id.
  std::string decode(std::span<const TokenId> ids) const;

  /// Text bytes of one token; empty for specials.
  std::string_view bytes(TokenId id) const;

  std::size_t size() const;  ///< entries of the vocabulary, specials included

  /// SHA-256 of the tokenizer.json, hex: shards and checkpoints record it.
  const std::string& digest() const;

  const PreTokenizer& pre_tokenizer() const;
  const BpeEncoder& bpe() const;  ///< of one pre-token

 private:
  struct State;
  explicit Tokenizer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::tokens
