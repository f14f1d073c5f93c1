#include "common/tokens/token_counts.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/tokens/bpe_encoder.h"
#include "common/tokens/pre_tokenizer.h"

namespace palimpsest::tokens {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The tokens that encodings contain, and all tokens backwards.
struct Reversed {
  std::vector<std::string> tokens;
  std::vector<TokenId> ids;
};

Reversed reversed_tokens(const Tokenizer& tokenizer) {
  Reversed reversed;
  reversed.tokens.resize(tokenizer.size());
  for (std::size_t i = kSpecialCount; i < tokenizer.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    const std::string_view bytes = tokenizer.bytes(id);
    reversed.tokens[id].assign(bytes.rbegin(), bytes.rend());
    if (tokenizer.bpe().is_reachable(id)) reversed.ids.push_back(id);
  }
  return reversed;
}

}  // namespace

TokenSuffixes::TokenSuffixes(const Tokenizer& tokenizer)
    : trie_([&] {
        const Reversed reversed = reversed_tokens(tokenizer);
        return TokenTrie(reversed.tokens, reversed.ids);
      }()),
      shorter_(tokenizer.size()) {
  for (std::size_t i = kSpecialCount; i < tokenizer.size(); ++i) {
    const std::string_view bytes = tokenizer.bytes(static_cast<TokenId>(i));
    shorter_[i] = longest(bytes.substr(1));
    max_bytes_ = std::max(max_bytes_, bytes.size());
  }
}

TokenCounts::TokenCounts(const Tokenizer& tokenizer, const TokenSuffixes& suffixes, std::string_view text)
    : tokenizer_(tokenizer), suffixes_(suffixes), text_(text) {
  const std::string& pattern = tokenizer.pre_tokenizer().pattern();
  const bool is_local = pattern.empty() || pattern == kCodePreset.stage2;
  if (is_local && tokenizer.bpe().pairs() != nullptr) index();
}

void TokenCounts::index() {
  std::vector<std::string_view> pieces;
  tokenizer_.pre_tokenizer().split(text_, pieces);
  lasts_.resize(text_.size() + 1);
  is_boundary_.resize(text_.size() + 1);
  std::size_t begin = 0;
  for (const std::string_view piece : pieces) {
    is_boundary_[begin] = true;
    for (std::size_t at = begin + 1; at <= begin + piece.size(); ++at) {
      const TokenId id = last_token(begin, at, lasts_.data() + begin);
      lasts_[at] = {id, lasts_[at - tokenizer_.bpe().token_bytes(id)].count + 1};
    }
    begin += piece.size();
  }
  is_boundary_[begin] = true;
}

TokenId TokenCounts::last_token(std::size_t begin, std::size_t at, const Last* known) const {
  TokenId id = suffixes_.longest(text_.substr(begin, at - begin));
  for (;; id = suffixes_.shorter(id)) {
    const std::size_t start = at - tokenizer_.bpe().token_bytes(id);
    if (start == begin || tokenizer_.bpe().pairs()->may_adjoin(known[start - begin].id, id)) return id;
  }
}

std::size_t TokenCounts::interval(std::size_t begin, std::size_t end) const {
  check_position(begin);
  check_position(end);
  if (begin >= end) return 0;
  if (lasts_.empty()) return tokenizer_.count(text_.substr(begin, end - begin));
  const bool cuts_digits = begin > 0 && is_digit(text_[begin - 1]) && is_digit(text_[begin]) &&
                           !tokenizer_.pre_tokenizer().pattern().empty();
  if (!cuts_digits)
    return is_boundary_[begin] ? lasts_[end].count - lasts_[begin].count : count_until_met(begin, end);
  // Digit groups are counted from the cut, so they differ up to the last digit.
  std::size_t digits_end = begin;
  while (digits_end < end && is_digit(text_[digits_end])) ++digits_end;
  return tokenizer_.count(text_.substr(begin, digits_end - begin)) + lasts_[end].count -
         lasts_[digits_end].count;
}

std::size_t TokenCounts::count_until_met(std::size_t begin, std::size_t end) const {
  std::vector<Last> lasts(1);
  std::size_t met = 0;  // positions in a row where both encodings end alike, at the same difference of counts
  std::uint32_t difference = 0;
  for (std::size_t at = begin + 1; at <= end; ++at) {
    const TokenId id = last_token(begin, at, lasts.data());
    const std::uint32_t count = lasts[at - begin - tokenizer_.bpe().token_bytes(id)].count + 1;
    lasts.push_back({id, count});
    const bool is_same = id == lasts_[at].id && (met == 0 || lasts_[at].count - count == difference);
    difference = lasts_[at].count - count;  // modulo 2^32
    met = is_same ? met + 1 : (id == lasts_[at].id ? 1 : 0);
    if (met == suffixes_.max_bytes() || is_boundary_[at])
      return static_cast<std::uint32_t>(lasts_[end].count - difference);
  }
  return lasts.back().count;
}

void TokenCounts::check_position(std::size_t at) const {
  const bool is_inside = at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xc0) == 0x80;
  if (at <= text_.size() && !is_inside) return;
  throw base::Error(base::ErrorCode::kBadData,
                    is_inside ? "position inside a character" : "position behind the text",
                    {.got = std::to_string(at)});
}

}  // namespace palimpsest::tokens
