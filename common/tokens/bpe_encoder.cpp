#include "common/tokens/bpe_encoder.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kKeptPositions = std::size_t{1} << 22;  ///< a larger scratch is given back

}  // namespace

BpeEncoder::BpeEncoder(const Vocabulary& vocabulary)
    : merges_(vocabulary.merges),
      byte_ids_(kByteCount),
      sizes_(vocabulary.tokens.size()),
      shorter_(vocabulary.tokens.size()),
      is_reachable_(vocabulary.tokens.size()) {
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    const std::string& bytes = vocabulary.tokens[id];
    sizes_[id] = static_cast<std::uint32_t>(bytes.size());
    if (bytes.size() == 1) byte_ids_[static_cast<std::uint8_t>(bytes[0])] = static_cast<TokenId>(id);
  }
  // A token whose own bytes are encoded otherwise occurs in no encoding, not even in between.
  BpeScratch scratch;
  std::vector<TokenId> reachable;
  std::vector<TokenId> ids;
  for (std::size_t id = kSpecialCount; id < vocabulary.tokens.size(); ++id) {
    ids.clear();
    encode_by_merging(vocabulary.tokens[id], scratch, ids);
    is_reachable_[id] = ids.size() == 1 && ids[0] == id;
    if (is_reachable_[id]) reachable.push_back(ids[0]);
  }
  if (!TokenPairs::are_ordered(vocabulary)) return;
  pairs_.emplace(vocabulary, merges_);
  trie_.emplace(vocabulary.tokens, reachable);
  for (const TokenId id : reachable) {
    const std::string_view bytes = vocabulary.tokens[id];
    shorter_[id] = trie_->longest(bytes.substr(0, bytes.size() - 1));
  }
}

void BpeEncoder::encode_by_merging(std::string_view piece, BpeScratch& scratch,
                                   std::vector<TokenId>& ids) const {
  scratch.symbols.clear();
  for (const char c : piece) scratch.symbols.push_back(byte_ids_[static_cast<std::uint8_t>(c)]);
  scratch.merger.merge(merges_, scratch.symbols, ids);
}

void BpeEncoder::encode(std::string_view piece, BpeScratch& scratch, std::vector<TokenId>& ids) const {
  if (!pairs_) return encode_by_merging(piece, scratch, ids);
  const std::size_t begin = ids.size();
  bool any_dead = false;
  for (std::size_t at = 0; at < piece.size();) {
    TokenId token = trie_->longest(piece.substr(at));
    for (;;) {
      const std::size_t end = at + sizes_[token];
      if ((ids.size() == begin || pairs_->may_adjoin(ids.back(), token)) &&
          !(any_dead && scratch.dead[end])) {
        ids.push_back(token);
        at = end;
        break;
      }
      token = shorter_[token];
      while (token == 0) {  // nothing fits here: shorten the token before
        if (!any_dead) scratch.dead.assign(piece.size() + 1, false);
        any_dead = true;
        scratch.dead[at] = true;
        const TokenId last = ids.back();
        ids.pop_back();
        at -= sizes_[last];
        token = shorter_[last];
      }
    }
  }
  if (scratch.dead.size() > kKeptPositions) scratch.dead = {};
}

}  // namespace palimpsest::tokens
