#include "common/tokens/regex.h"

#include <array>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace palimpsest::tokens {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

PCRE2_SPTR units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string message_of(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

}  // namespace

struct Regex::Code {
  std::unique_ptr<pcre2_code, FreeCode> pcre2;
};

Regex::Regex(std::string pattern, RegexText text, base::ErrorCode code, std::string what,
             const std::string& where)
    : pattern_(std::move(pattern)),
      text_(text),
      error_code_(code),
      what_(std::move(what)),
      code_(std::make_unique<Code>()) {
  const std::uint32_t invalid = text == RegexText::kAnyBytes ? PCRE2_MATCH_INVALID_UTF : 0;
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_->pcre2.reset(pcre2_compile(units(pattern_), pattern_.size(), PCRE2_UTF | PCRE2_UCP | invalid, &error,
                                   &offset, nullptr));
  if (!code_->pcre2) {
    throw base::Error(error_code_, what_ + " does not compile: " + message_of(error),
                      {.got = pattern_, .where = where + "pattern@" + std::to_string(offset)});
  }
  pcre2_jit_compile(code_->pcre2.get(), PCRE2_JIT_COMPLETE);  // without JIT it is slower and equal
}

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

std::optional<Regex::Range> Regex::find(std::string_view text, std::size_t begin) const {
  thread_local const std::unique_ptr<pcre2_match_data, FreeMatchData> match(
      pcre2_match_data_create(1, nullptr));
  const std::uint32_t options =
      text_ == RegexText::kValidUtf8 ? std::uint32_t{PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY} : 0;
  const int result =
      pcre2_match(code_->pcre2.get(), units(text), text.size(), begin, options, match.get(), nullptr);
  if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (result < 0) {
    throw base::Error(error_code_, what_ + " fails: " + message_of(result), {.got = pattern_});
  }
  const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
  return Range{range[0], range[1]};
}

}  // namespace palimpsest::tokens
