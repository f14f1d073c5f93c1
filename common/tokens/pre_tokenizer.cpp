#include "common/tokens/pre_tokenizer.h"

#include <optional>
#include <utility>

#include <simdjson.h>

#include "common/base/error.h"
#include "common/tokens/regex.h"
#include "common/tokens/splitter.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kPartPieces = std::size_t{1} << 14;

}  // namespace

struct PreTokenizer::Compiled {
  std::optional<Regex> regex;
  Splitter splitter = nullptr;  ///< in place of `regex`
};

PreTokenizer::PreTokenizer(std::string pattern, const std::string& where)
    : pattern_(std::move(pattern)), compiled_(std::make_unique<Compiled>()) {
  if (pattern_.empty()) return;
  compiled_->splitter = find_splitter(pattern_);
  if (compiled_->splitter != nullptr) return;
  compiled_->regex.emplace(pattern_, RegexText::kValidUtf8, base::ErrorCode::kBadData,
                           "pre-tokenizer pattern", where + ", ");
}

PreTokenizer::PreTokenizer(PreTokenizer&&) noexcept = default;
PreTokenizer& PreTokenizer::operator=(PreTokenizer&&) noexcept = default;
PreTokenizer::~PreTokenizer() = default;

void PreTokenizer::check_utf8(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    throw base::Error(base::ErrorCode::kBadData, "text is not UTF-8");
  }
}

void PreTokenizer::split(std::string_view text, std::vector<std::string_view>& pieces) const {
  check_utf8(text);
  for (std::size_t at = 0; at < text.size();) at = split_part(text, at, pieces);
}

std::size_t PreTokenizer::split_part(std::string_view text, std::size_t begin,
                                     std::vector<std::string_view>& pieces) const {
  if (compiled_->splitter != nullptr) return compiled_->splitter(text, begin, kPartPieces, pieces);
  if (!compiled_->regex) {
    pieces.push_back(text.substr(begin));
    return text.size();
  }
  const std::size_t full = pieces.size() + kPartPieces;
  std::size_t taken = begin;
  while (taken < text.size()) {
    const std::optional<Regex::Range> match = compiled_->regex->find(text, taken);
    if (!match) break;
    if (match->begin > taken) pieces.push_back(text.substr(taken, match->begin - taken));
    pieces.push_back(text.substr(match->begin, match->end - match->begin));
    taken = match->end;
    if (pieces.size() >= full) return taken;
  }
  if (taken < text.size()) pieces.push_back(text.substr(taken));
  return text.size();
}

}  // namespace palimpsest::tokens
