#include "ingest/license_expression.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace palimpsest::ingest {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

/// Words and parentheses, in lower case; `/` is how old package.json files write OR.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(lower(word));
    word.clear();
  };
  for (const char c : text) {
    const bool is_white = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!is_white && c != '(' && c != ')' && c != '/') {
      word.push_back(c);
      continue;
    }
    finish();
    if (c == '/') words.emplace_back("or");
    if (c == '(' || c == ')') words.emplace_back(1, c);
  }
  finish();
  return words;
}

/// Shunting-yard without recursion: expressions come from strangers. AND binds tighter than OR.
class Evaluator {
 public:
  explicit Evaluator(const LicenseList& allowed) : allowed_(allowed) {}

  std::optional<bool> run(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word == "with") {
        ++i;  // the exception only permits more
      } else if (word == "and" || word == "or") {
        while (!operators_.empty() && operators_.back() != "(" &&
               (word == "or" || operators_.back() == "and")) {
          if (!apply()) return std::nullopt;
        }
        operators_.push_back(word);
      } else if (word == "(") {
        operators_.push_back(word);
      } else if (word == ")") {
        while (!operators_.empty() && operators_.back() != "(") {
          if (!apply()) return std::nullopt;
        }
        if (operators_.empty()) return std::nullopt;
        operators_.pop_back();
      } else {
        values_.push_back(allowed_.contains(word.ends_with('+') ? word.substr(0, word.size() - 1) : word));
      }
    }
    while (!operators_.empty()) {
      if (!apply()) return std::nullopt;
    }
    if (values_.size() != 1) return std::nullopt;
    return values_[0];
  }

 private:
  /// Applies the last operator; false when it lacks a side.
  bool apply() {
    const std::string word = operators_.back();
    operators_.pop_back();
    if (word == "(" || values_.size() < 2) return false;
    const bool right = values_.back();
    values_.pop_back();
    values_.back() = word == "and" ? values_.back() && right : values_.back() || right;
    return true;
  }

  const LicenseList& allowed_;
  std::vector<std::string> operators_;
  std::vector<bool> values_;
};

}  // namespace

LicenseList parse_license_list(std::string_view text) {
  LicenseList list;
  std::string name;
  for (const char c : std::string(text) + ",") {
    if (c == ',') {
      if (!name.empty()) list.insert(lower(name));
      name.clear();
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      name.push_back(c);
    }
  }
  return list;
}

bool is_license_expression(std::string_view text) {
  const bool has_plain_words = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view(" ().-+:").find(static_cast<char>(c)) != std::string_view::npos;
  });
  const LicenseList none;
  return has_plain_words && Evaluator(none).run(split(text)).has_value();
}

bool is_allowed(std::string_view expression, const LicenseList& allowed) {
  return Evaluator(allowed).run(split(expression)).value_or(false);
}

}  // namespace palimpsest::ingest
