#include "evaluate/bench/code_text.h"

#include <cstddef>

namespace palimpsest::bench {
namespace {

/// Bytes of the white space character at the front of `text`, 0 when there is none.
std::size_t space_size(std::string_view text) {
  if (text.empty()) return 0;
  const char first = text.front();
  if (first == ' ' || (first >= '\t' && first <= '\r') || (first >= '\x1c' && first <= '\x1f')) return 1;
  for (const std::string_view space : {"\u0085", "\u00a0"}) {
    if (text.starts_with(space)) return space.size();
  }
  for (const std::string_view space :
       {"\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
        "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

/// Where the quoted string at `begin` ends; `begin` itself when it is not closed.
std::size_t string_end(std::string_view code, std::size_t begin) {
  const char quote = code[begin];
  for (std::size_t i = begin + 1; i < code.size(); ++i) {
    if (code[i] == '\\') {
      ++i;
    } else if (code[i] == quote) {
      return i + 1;
    }
  }
  return begin;
}

/// Where the comment at `begin` ends; `begin` itself when there is none.
std::size_t comment_end(std::string_view code, std::size_t begin) {
  const std::string_view rest = code.substr(begin);
  if (rest.starts_with("//")) {
    const std::size_t end = rest.find('\n');
    return end == std::string_view::npos ? code.size() : begin + end;
  }
  if (!rest.starts_with("/*")) return begin;
  const std::size_t end = rest.find("*/", 2);
  return end == std::string_view::npos ? begin : begin + end + 2;
}

std::string without_blank_lines(std::string_view text) {
  std::string result;
  bool first = true;
  while (true) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!trim(line).empty()) {
      if (!first) result += '\n';
      result += line;
      first = false;
    }
    if (end == std::string_view::npos) return result;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string_view trim(std::string_view text) {
  std::size_t begin = 0;
  while (const std::size_t size = space_size(text.substr(begin))) begin += size;
  std::size_t end = begin;
  for (std::size_t i = begin; i < text.size();) {
    const std::size_t size = space_size(text.substr(i));
    i += size > 0 ? size : 1;
    if (size == 0) end = i;
  }
  return text.substr(begin, end - begin);
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size();) {
    const std::size_t size = i == text.size() ? 1 : space_size(text.substr(i));
    if (size > 0 && i > begin) words.push_back(text.substr(begin, i - begin));
    i += size > 0 ? size : 1;
    if (size > 0) begin = i;
  }
  return words;
}

std::string remove_comments(std::string_view code) {
  std::string kept;
  for (std::size_t i = 0; i < code.size();) {
    if (const std::size_t end = comment_end(code, i); end > i) {
      kept += ' ';
      i = end;
    } else if (code[i] == '\'' || code[i] == '"') {
      const std::size_t close = string_end(code, i);
      const std::size_t size = close > i ? close - i : 1;
      kept += code.substr(i, size);
      i += size;
    } else {
      kept += code[i++];
    }
  }
  return without_blank_lines(kept);
}

}  // namespace palimpsest::bench
