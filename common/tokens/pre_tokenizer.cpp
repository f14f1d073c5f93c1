#include "common/tokens/pre_tokenizer.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <utility>

#include <pcre2.h>
#include <simdjson.h>

#include "common/base/error.h"
#include "common/tokens/splitter.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kPartPieces = std::size_t{1} << 14;

struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
using MatchData = std::unique_ptr<pcre2_match_data, FreeMatchData>;

PCRE2_SPTR units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string pcre2_message(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

}  // namespace

struct PreTokenizer::Compiled {
  struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  };
  std::unique_ptr<pcre2_code, FreeCode> code;
  Splitter splitter = nullptr;  ///< in place of `code`
};

PreTokenizer::PreTokenizer(std::string pattern, const std::string& where)
    : pattern_(std::move(pattern)), compiled_(std::make_unique<Compiled>()) {
  if (pattern_.empty()) return;
  compiled_->splitter = find_splitter(pattern_);
  if (compiled_->splitter != nullptr) return;
  int error = 0;
  PCRE2_SIZE offset = 0;
  compiled_->code.reset(
      pcre2_compile(units(pattern_), pattern_.size(), PCRE2_UTF | PCRE2_UCP, &error, &offset, nullptr));
  if (!compiled_->code) {
    throw base::Error(base::ErrorCode::kBadData,
                      "pre-tokenizer pattern does not compile: " + pcre2_message(error),
                      {.got = pattern_, .where = where + ", pattern@" + std::to_string(offset)});
  }
  pcre2_jit_compile(compiled_->code.get(), PCRE2_JIT_COMPLETE);  // without JIT it is slower and equal
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
  if (!compiled_->code) {
    pieces.push_back(text.substr(begin));
    return text.size();
  }
  thread_local const MatchData match(pcre2_match_data_create(1, nullptr));
  const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
  const std::size_t full = pieces.size() + kPartPieces;
  std::size_t taken = begin;
  while (taken < text.size()) {
    const int result = pcre2_match(compiled_->code.get(), units(text), text.size(), taken,
                                   PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY, match.get(), nullptr);
    if (result == PCRE2_ERROR_NOMATCH) break;
    if (result < 0) {
      throw base::Error(base::ErrorCode::kBadData, "pre-tokenizer pattern fails: " + pcre2_message(result),
                        {.got = pattern_});
    }
    if (range[0] > taken) pieces.push_back(text.substr(taken, range[0] - taken));
    pieces.push_back(text.substr(range[0], range[1] - range[0]));
    taken = range[1];
    if (pieces.size() >= full) return taken;
  }
  if (taken < text.size()) pieces.push_back(text.substr(taken));
  return text.size();
}

}  // namespace palimpsest::tokens
