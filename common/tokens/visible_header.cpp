#include "common/tokens/visible_header.h"

#include <algorithm>
#include <optional>

#include "common/tokens/tokenizer.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kPathParts = 3;
constexpr std::size_t kMaxModuleName = 214;  // npm's limit

bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_quote(char c) {
  return c == '\'' || c == '"';
}

/// A lexer that knows just enough: comments, strings that end with their line, identifiers.
class ImportScanner {
 public:
  explicit ImportScanner(std::string_view text) : text_(text) {}

  std::vector<std::string> scan() {
    while (at_ < text_.size()) {
      if (skip_comment()) continue;
      if (is_quote(text_[at_])) {
        take_string();
      } else if (is_identifier_char(text_[at_])) {
        identifier();
      } else {
        ++at_;
      }
    }
    return std::move(modules_);
  }

 private:
  bool looking_at(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

  bool skip_comment() {
    if (looking_at("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return true;
    }
    if (looking_at("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
      return true;
    }
    return false;
  }

  void skip_space_and_comments() {
    while (at_ < text_.size() && (is_space(text_[at_]) || looking_at("/*") || looking_at("//"))) {
      if (!skip_comment()) ++at_;
    }
  }

  /// At a quote: the content up to the same quote, or nothing when the line ends first.
  std::optional<std::string_view> take_string() {
    const char quote = text_[at_++];
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == quote) return text_.substr(begin, at_++ - begin);
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_, text_.size());
    return std::nullopt;
  }

  void identifier() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_identifier_char(text_[at_])) ++at_;
    if (begin > 0 && text_[begin - 1] == '.') return;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const bool plain = word == "from" || word == "import";
    const bool call = word == "require" || word == "import";
    if (!plain && !call) return;
    skip_space_and_comments();
    if (call && looking_at("(")) {
      ++at_;
      skip_space_and_comments();
    } else if (!plain) {
      return;
    }
    if (at_ < text_.size() && is_quote(text_[at_])) {
      if (const auto name = take_string()) add(*name);
    }
  }

  void add(std::string_view name) {
    const bool odd = name.empty() || name.size() > kMaxModuleName || name.front() == '.' ||
                     name.front() == '/' ||
                     std::any_of(name.begin(), name.end(), [](char c) { return is_space(c) || c == '\\'; });
    if (odd || std::find(modules_.begin(), modules_.end(), name) != modules_.end()) return;
    modules_.emplace_back(name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> modules_;
};

std::string_view last_parts(std::string_view path) {
  std::size_t begin = path.size();
  for (std::size_t parts = 0; parts < kPathParts && begin != std::string_view::npos; ++parts) {
    begin = begin == 0 ? std::string_view::npos : path.rfind('/', begin - 1);
  }
  return begin == std::string_view::npos ? path : path.substr(begin + 1);
}

}  // namespace

std::vector<std::string> imported_modules(std::string_view text) {
  return ImportScanner(text).scan();
}

std::string visible_header(std::string_view path, std::string_view text) {
  std::string header = "// " + std::string(last_parts(path));
  const char* separator = ": ";
  for (const std::string& module : imported_modules(text)) {
    header += separator + module;
    separator = " ";
  }
  return header + "\n";
}

std::vector<TokenId> encode_header(const Tokenizer& tokenizer, std::string_view header) {
  std::vector<TokenId> ids = tokenizer.encode(header);
  if (ids.size() > kMaxHeaderTokens) ids.resize(kMaxHeaderTokens);
  return ids;
}

}  // namespace palimpsest::tokens
