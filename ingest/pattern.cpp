#include "ingest/pattern.h"

#include <algorithm>

#include "common/base/error.h"

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kMostAlternatives = 1000;  // a dozen groups would fill the memory
constexpr std::size_t kMostShown = 120;          // bytes of a pattern in a message

/// Length of the pattern element at the front (`x` or `[A-Z]`), and whether it takes the character.
struct Element {
  std::size_t length;
  bool matches;
};

Element match_element(std::string_view pattern, char c) {
  if (pattern.size() >= 5 && pattern[0] == '[' && pattern[2] == '-' && pattern[4] == ']') {
    return {5, pattern[1] <= c && c <= pattern[3]};
  }
  return {1, pattern[0] == c};
}

/// Matching with one point to go back to is enough for each kind of star: a later star makes earlier ones
/// irrelevant, except that `*` inside a part must fall back to a `**` before it.
struct Retry {
  std::size_t pattern = kNone;
  std::size_t text = 0;
};

bool glob(std::string_view pattern, std::string_view text, bool star_crosses_slash) {
  Retry star;
  Retry folders;
  std::size_t p = 0;
  std::size_t t = 0;
  for (;;) {
    if (!star_crosses_slash && pattern.substr(p).starts_with("**/")) {
      p += 3;
      folders = {p, t};
      star = {};
      continue;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      star = {++p, t};
      continue;
    }
    if (p == pattern.size() && t == text.size()) return true;
    if (p < pattern.size() && t < text.size()) {
      const Element element = match_element(pattern.substr(p), text[t]);
      if (element.matches) {
        p += element.length;
        ++t;
        continue;
      }
    }
    if (star.pattern != kNone && star.text < text.size() && (star_crosses_slash || text[star.text] != '/')) {
      p = star.pattern;
      t = ++star.text;
      continue;
    }
    const std::size_t slash = folders.pattern == kNone ? kNone : text.find('/', folders.text);
    if (slash == kNone) return false;
    folders.text = slash + 1;
    star = {};
    p = folders.pattern;
    t = folders.text;
  }
}

/// False when the literal end of `pattern` is not the end of `text`, which rules most patterns out soon.
bool fits_tail(std::string_view pattern, std::string_view text) {
  const auto is_literal = [&] {
    return !pattern.empty() && pattern.back() != '*' && pattern.back() != ']' && !pattern.ends_with("**/");
  };
  for (; is_literal(); pattern.remove_suffix(1)) {
    if (text.empty() || text.back() != pattern.back()) return false;
    text.remove_suffix(1);
  }
  return true;
}

}  // namespace

std::vector<std::string> expand_braces(const std::string& pattern) {
  std::vector<std::string> done = {""};
  std::size_t position = 0;
  while (position < pattern.size()) {
    const std::size_t open = pattern.find('{', position);
    const std::size_t close = open == kNone ? kNone : pattern.find('}', open);
    if (close == kNone) {
      for (std::string& text : done) text += pattern.substr(position);
      return done;
    }
    std::vector<std::string> longer;
    for (const std::string& text : done) {
      for (std::size_t begin = open + 1; begin <= close;) {
        const std::size_t end = std::min(pattern.find(',', begin), close);
        longer.push_back(text + pattern.substr(position, open - position) +
                         pattern.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    if (longer.size() > kMostAlternatives) {
      throw base::Error(
          base::ErrorCode::kBadData, "pattern with too many alternatives",
          {.got = pattern.substr(0, kMostShown), .expected = "at most " + std::to_string(kMostAlternatives)});
    }
    done = std::move(longer);
    position = close + 1;
  }
  return done;
}

bool matches_module(std::string_view pattern, std::string_view module) {
  if (pattern.find('*') == kNone) {
    return module.starts_with(pattern) && (module.size() == pattern.size() || module[pattern.size()] == '/');
  }
  return glob(pattern, module, true) || glob(std::string(pattern) + "/*", module, true);
}

bool matches_path(std::string_view pattern, std::string_view path) {
  return fits_tail(pattern, path) && glob(pattern, path, false);
}

}  // namespace palimpsest::ingest
