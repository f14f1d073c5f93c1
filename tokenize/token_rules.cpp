#include "tokenize/token_rules.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace palimpsest::tokenize {
namespace {

constexpr std::size_t kMaxCharacterBytes = 4;

bool is_continuation(char c) {
  return (static_cast<std::uint8_t>(c) & 0xc0) == 0x80;
}

std::size_t character_bytes(char lead) {
  const auto byte = static_cast<std::uint8_t>(lead);
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<std::uint8_t>(c) >= 0x80;
}

std::size_t count_words(std::string_view bytes) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : bytes) {
    const bool word = is_word_byte(c);
    words += word && !inside ? 1 : 0;
    inside = word;
  }
  return words;
}

std::string_view whole_characters(std::string_view bytes) {
  while (!bytes.empty() && is_continuation(bytes.front())) bytes.remove_prefix(1);
  for (std::size_t back = 1; back <= std::min(kMaxCharacterBytes, bytes.size()); ++back) {
    const char c = bytes[bytes.size() - back];
    if (is_continuation(c)) continue;
    if (character_bytes(c) > back) bytes.remove_suffix(back);
    break;
  }
  return bytes;
}

bool is_superword(const tokens::PreTokenizer& stage1, std::string_view bytes) {
  std::vector<std::string_view> pieces;
  stage1.split(whole_characters(bytes), pieces);
  return pieces.size() > 1;
}

}  // namespace palimpsest::tokenize
