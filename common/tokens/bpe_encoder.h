// BPE by rank on pre-tokens of any length, without simulating the merges.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/tokens/bpe_merge.h"
#include "common/tokens/token_pairs.h"
#include "common/tokens/token_trie.h"
#include "common/tokens/vocabulary.h"

namespace palimpsest::tokens {

/// Working memory of one thread.
struct BpeScratch {
  std::vector<bool> dead;  ///< positions of the piece from which no encoding goes on
  BpeMerger merger;
  std::vector<TokenId> symbols;
};

/// Takes the longest token at each position and goes back when it may not adjoin the one before, until all
/// neighbours may: by locality (see TokenPairs) that is the one encoding. O(n) steps of at most as many tries
/// as a token has prefixes. Merges that are not ordered are simulated with a heap instead. Immutable and
/// thread-safe.
class BpeEncoder {
 public:
  explicit BpeEncoder(const Vocabulary& vocabulary);
  BpeEncoder(const BpeEncoder&) = delete;
  BpeEncoder& operator=(const BpeEncoder&) = delete;

  /// Appends the ids of one pre-token.
  void encode(std::string_view piece, BpeScratch& scratch, std::vector<TokenId>& ids) const;
  /// The same by simulating the merges: slower, the oracle.
  void encode_by_merging(std::string_view piece, BpeScratch& scratch, std::vector<TokenId>& ids) const;

  /// Nothing when the merges are not ordered.
  const TokenPairs* pairs() const { return pairs_ ? &*pairs_ : nullptr; }
  std::size_t token_bytes(TokenId id) const { return sizes_[id]; }
  /// Whether any encoding contains the token: whether it is the encoding of its own bytes.
  bool is_reachable(TokenId id) const { return is_reachable_[id]; }

 private:
  MergeTable merges_;
  std::vector<TokenId> byte_ids_;
  std::vector<std::uint32_t> sizes_;
  std::vector<TokenId>
      shorter_;  ///< the longest token that is a proper prefix; 0 (a special) when there is none
  std::vector<bool> is_reachable_;
  std::optional<TokenPairs> pairs_;
  std::optional<TokenTrie> trie_;
};

}  // namespace palimpsest::tokens
