#include "tokenize/token_veto.h"

#include <array>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/base/error.h"

namespace palimpsest::tokenize {
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

struct TokenVeto::Compiled {
  std::unique_ptr<pcre2_code, FreeCode> code;
};

TokenVeto::TokenVeto(const std::string& pattern) : compiled_(std::make_unique<Compiled>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  compiled_->code.reset(pcre2_compile(units(pattern), pattern.size(),
                                      PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &error, &offset,
                                      nullptr));
  if (!compiled_->code) {
    throw base::Error(base::ErrorCode::kUsage, "--veto does not compile: " + message_of(error),
                      {.got = pattern, .where = "pattern@" + std::to_string(offset)});
  }
}

TokenVeto::~TokenVeto() = default;
TokenVeto::TokenVeto(TokenVeto&&) noexcept = default;
TokenVeto& TokenVeto::operator=(TokenVeto&&) noexcept = default;

bool TokenVeto::operator()(std::string_view bytes) const {
  const std::unique_ptr<pcre2_match_data, FreeMatchData> match(pcre2_match_data_create(1, nullptr));
  const int result =
      pcre2_match(compiled_->code.get(), units(bytes), bytes.size(), 0, 0, match.get(), nullptr);
  if (result < 0 && result != PCRE2_ERROR_NOMATCH) {
    throw base::Error(base::ErrorCode::kUsage, "--veto fails: " + message_of(result));
  }
  return result >= 0;
}

}  // namespace palimpsest::tokenize
