#include "ingest/code_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "common/base/hash.h"
#include "common/base/random.h"

namespace palimpsest::ingest {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_keyword(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords = {
      "abstract",  "any",    "as",         "async",   "await",    "bigint",     "boolean",   "break",
      "case",      "catch",  "class",      "const",   "continue", "default",    "delete",    "do",
      "else",      "enum",   "export",     "extends", "false",    "finally",    "for",       "from",
      "function",  "if",     "implements", "import",  "in",       "instanceof", "interface", "keyof",
      "let",       "never",  "new",        "null",    "number",   "object",     "of",        "private",
      "protected", "public", "readonly",   "return",  "static",   "string",     "super",     "switch",
      "symbol",    "this",   "throw",      "true",    "try",      "type",       "typeof",    "undefined",
      "unknown",   "var",    "void",       "while",   "yield",    "Array",      "Boolean",   "Map",
      "Math",      "Number", "Object",     "Promise", "Set",      "String",     "console",   "require"};
  return kWords.contains(word);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<CodeToken> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_word(c)) {
        word();
      } else if (c == '"' || c == '\'') {
        string(c);
      } else if (!comment()) {
        if (c != ';' && std::isspace(static_cast<unsigned char>(c)) == 0) add(text_.substr(at_, 1), false);
        ++at_;
      }
    }
    return std::move(tokens_);
  }

 private:
  void add(std::string_view text, bool is_name) { tokens_.push_back({base::hash64(text), is_name}); }

  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view text = text_.substr(begin, at_ - begin);
    const bool is_member = begin > 0 && text_[begin - 1] == '.' && (begin < 2 || text_[begin - 2] != '.');
    const bool is_number = std::isdigit(static_cast<unsigned char>(text[0])) != 0;
    add(text, !is_member && !is_number && !is_keyword(text));
  }

  /// A string ends at its quote, or at the end of the line at the latest.
  void string(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') at_ += text_[at_] == '\\' ? 2 : 1;
    at_ = std::min(at_, text_.size());
    add(text_.substr(begin, at_ - begin), false);
    ++at_;
  }

  bool comment() {
    const std::string_view rest = text_.substr(at_);
    const bool is_line = rest.starts_with("//");
    if (!is_line && !rest.starts_with("/*")) return false;
    const std::size_t end = is_line ? rest.find('\n') : rest.find("*/", 2);
    if (end == std::string_view::npos && !is_line) return false;
    at_ = end == std::string_view::npos ? text_.size() : at_ + end + (is_line ? 1 : 2);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<CodeToken> tokens_;
};

constexpr std::size_t kNever = static_cast<std::size_t>(-1);

/// For each token the index of the same name's last occurrence before it, or kNever.
std::vector<std::size_t> earlier_occurrences(const std::vector<CodeToken>& tokens) {
  std::unordered_map<std::uint64_t, std::size_t> last;
  std::vector<std::size_t> earlier(tokens.size(), kNever);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is_name) continue;
    const auto [found, is_first] = last.try_emplace(tokens[i].hash, i);
    if (!is_first) earlier[i] = std::exchange(found->second, i);
  }
  return earlier;
}

}  // namespace

std::vector<CodeToken> code_tokens(std::string_view text) {
  return Lexer(text).run();
}

std::vector<std::uint64_t> renaming_ngrams(const std::vector<CodeToken>& tokens, std::size_t length) {
  std::vector<std::uint64_t> grams;
  const std::vector<std::size_t> earlier = earlier_occurrences(tokens);
  for (std::size_t begin = 0; begin + length <= tokens.size(); ++begin) {
    std::uint64_t hash = 0;
    for (std::size_t i = begin; i < begin + length; ++i) {
      std::uint64_t part = tokens[i].hash;
      if (tokens[i].is_name) part = earlier[i] != kNever && earlier[i] >= begin ? i - earlier[i] : 0;
      hash = base::mix64(hash + part) + length;
    }
    grams.push_back(hash);
  }
  return grams;
}

std::vector<std::uint64_t> word_ngrams(std::string_view text, std::size_t length) {
  std::vector<std::uint64_t> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(base::hash64(word));
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || byte >= 0x80) {
      word.push_back(static_cast<char>(std::tolower(byte)));
    } else {
      finish();
    }
  }
  finish();
  std::vector<std::uint64_t> grams;
  for (std::size_t begin = 0; begin + length <= words.size(); ++begin) {
    std::uint64_t hash = 1;
    for (std::size_t i = begin; i < begin + length; ++i) hash = base::mix64(hash + words[i]);
    grams.push_back(hash);
  }
  return grams;
}

}  // namespace palimpsest::ingest
