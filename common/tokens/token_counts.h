// Token counts of every prefix and every interval of one text, for packing.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/tokens/token_trie.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::tokens {

/// Which tokens may end a text: all that a count needs to know of a vocabulary. Immutable and thread-safe.
class TokenSuffixes {
 public:
  explicit TokenSuffixes(const Tokenizer& tokenizer);

  TokenId longest(std::string_view text) const { return trie_.longest(text.rbegin(), text.rend()); }
  /// The longest token that is a proper suffix of a token; 0 (a special) when there is none.
  TokenId shorter(TokenId id) const { return shorter_[id]; }
  std::size_t max_bytes() const { return max_bytes_; }

 private:
  TokenTrie trie_;
  std::vector<TokenId> shorter_;
  std::size_t max_bytes_ = 0;
};

/// Counts equal tokenizer.count() of the substring. Positions are bytes between characters; others throw
/// Error{kBadData}. With the `code` pattern or none and ordered merges (TokenPairs) the constructor indexes
/// the text in O(n), prefix() is O(1) and interval() stops soon behind its begin, where the encoding meets
/// that of the whole text. Otherwise each call encodes its substring. Immutable and thread-safe; refers to
/// all its arguments.
class TokenCounts {
 public:
  TokenCounts(const Tokenizer& tokenizer, const TokenSuffixes& suffixes, std::string_view text);

  std::size_t prefix(std::size_t end) const { return interval(0, end); }
  std::size_t interval(std::size_t begin, std::size_t end) const;

 private:
  struct Last {
    TokenId id = 0;           ///< the last token of the encoding up to here
    std::uint32_t count = 0;  ///< its tokens
  };

  void index();
  /// The last token of text[begin, at) inside one pre-token; `known[i]` holds the answer for begin + i < at.
  TokenId last_token(std::size_t begin, std::size_t at, const Last* known) const;
  std::size_t count_until_met(std::size_t begin, std::size_t end) const;
  void check_position(std::size_t at) const;

  const Tokenizer& tokenizer_;
  const TokenSuffixes& suffixes_;
  std::string_view text_;
  std::vector<Last> lasts_;        ///< by position, size + 1 of them; empty when not indexed
  std::vector<bool> is_boundary_;  ///< of pre-tokens
};

}  // namespace palimpsest::tokens
