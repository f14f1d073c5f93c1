#include "evaluate/bench/lexemes.h"

namespace palimpsest::bench {
namespace {

enum class Class { kWord, kSpace, kSign };

Class class_of(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
      (static_cast<unsigned char>(c) & 0x80) != 0) {
    return Class::kWord;
  }
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' ? Class::kSpace : Class::kSign;
}

}  // namespace

std::vector<std::string_view> split_lexemes(std::string_view text) {
  std::vector<std::string_view> lexemes;
  for (std::size_t begin = 0; begin < text.size();) {
    const Class type = class_of(text[begin]);
    std::size_t end = begin + 1;
    while (type != Class::kSign && end < text.size() && class_of(text[end]) == type) ++end;
    const std::size_t newline = text.substr(begin, end - begin).rfind('\n');
    if (type == Class::kSpace && newline != std::string_view::npos) end = begin + newline + 1;
    lexemes.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return lexemes;
}

std::string_view last_part(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t begin = text.size() - bytes;
  while (begin < text.size() && class_of(text[begin]) != Class::kSign) ++begin;
  return text.substr(begin);
}

}  // namespace palimpsest::bench
