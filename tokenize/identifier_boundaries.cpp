#include "tokenize/identifier_boundaries.h"

#include <vector>

#include "tokenize/token_rules.h"

namespace palimpsest::tokenize {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

BoundaryCounts identifier_boundaries(std::string_view text, std::span<const tokens::TokenId> ids,
                                     const tokens::Tokenizer& tokenizer) {
  std::vector<bool> boundary(text.size() + 1);
  std::size_t at = 0;
  boundary[0] = true;
  for (const tokens::TokenId id : ids) boundary.at(at += tokenizer.bytes(id).size()) = true;
  BoundaryCounts counts;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    if (end > begin && !is_digit(text[begin])) {
      const bool space = begin > 0 && text[begin - 1] == ' ' && boundary[begin - 1];
      counts += {2, std::uint64_t{boundary[begin] || space} + std::uint64_t{boundary[end]}};
    }
    begin = end + 1;
  }
  return counts;
}

}  // namespace palimpsest::tokenize
