#include "ingest/token_forms.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "ingest/personal_data.h"

namespace palimpsest::ingest {
namespace {

enum class Alphabet { kWord, kDotted, kBase64, kHex, kUpper, kPath };

struct TokenForm {
  std::string_view prefix;
  std::size_t least_body;  // characters behind the prefix
  Alphabet alphabet = Alphabet::kWord;
  std::size_t most_body = 1'000;
};

using enum Alphabet;

// As the issuers document them, or show them in their consoles.
constexpr TokenForm kTokenForms[] = {
    // GitHub, GitLab
    {"ghp_", 36},
    {"gho_", 36},
    {"ghu_", 36},
    {"ghs_", 36},
    {"ghr_", 36},
    {"github_pat_", 60},
    {"glpat-", 20, kDotted},
    {"gldt-", 20},
    {"glrt-", 20, kDotted},
    {"glft-", 20},
    {"glsoat-", 20},
    {"glimt-", 25},
    {"glcbt-", 20},
    {"glagent-", 50},
    {"glptt-", 40, kHex},
    {"gloas-", 64, kHex},
    // Clouds
    {"AKIA", 16, kUpper, 16},
    {"ASIA", 16, kUpper, 16},
    {"ABIA", 16, kUpper, 16},
    {"ACCA", 16, kUpper, 16},
    {"AIza", 35},
    {"GOCSPX-", 28},
    {"ya29.", 30},
    {"LTAI", 16, kWord, 20},
    {"dapi", 32, kHex, 32},
    {"dop_v1_", 64, kHex},
    {"doo_v1_", 64, kHex},
    {"dor_v1_", 64, kHex},
    {"fo1_", 40},
    {"fm1_", 60, kBase64},
    {"fm2_", 60, kBase64},
    {"nfp_", 36},
    {"pul-", 40, kHex},
    {"HRKU-", 50},
    {"tskey-api-", 30},
    {"tskey-auth-", 30},
    {"hvs.", 24},
    {"hvb.", 60},
    {"dckr_pat_", 24},
    {"AGE-SECRET-KEY-1", 58, kUpper},
    {"sbp_", 40, kHex},
    {"sb_secret_", 30},
    {"pscale_tkn_", 32, kDotted},
    {"pscale_pw_", 32, kDotted},
    {"pscale_oauth_", 32, kDotted},
    {"dp.pt.", 40},
    {"dp.st.", 40, kDotted},
    {"dt0c01.", 80, kDotted},
    {"bkua_", 40, kHex},
    {"pnu_", 36},
    {"AKCp", 60},
    // Models
    {"sk-", 32},
    {"hf_", 30},
    {"gsk_", 40},
    {"pplx-", 40},
    {"r8_", 37},
    {"xai-", 60},
    {"lsv2_pt_", 40},
    {"lsv2_sk_", 40},
    // Payment and shops
    {"sk_live_", 20},
    {"rk_live_", 20},
    {"sk_test_", 20},
    {"rk_test_", 20},
    {"whsec_", 30},
    {"sq0atp-", 22},
    {"sq0csp-", 40},
    {"shpat_", 32, kHex},
    {"shpca_", 32, kHex},
    {"shppa_", 32, kHex},
    {"shpss_", 32, kHex},
    {"shippo_live_", 40, kHex},
    {"shippo_test_", 40, kHex},
    {"EZAK", 54, kWord, 54},
    {"EZTK", 54, kWord, 54},
    {"FLWSECK-", 32},
    {"FLWSECK_TEST-", 32},
    {"access-production-", 36},
    {"access-sandbox-", 36},
    {"duffel_live_", 40},
    {"duffel_test_", 40},
    // Messages
    {"xoxb-", 20},
    {"xoxp-", 20},
    {"xoxa-", 20},
    {"xoxr-", 20},
    {"xoxs-", 20},
    {"xoxe-", 40},
    {"xoxe.xoxp-", 40},
    {"xoxe.xoxb-", 40},
    {"xapp-", 40},
    {"hooks.slack.com/services/", 40, kPath},
    {"discord.com/api/webhooks/", 60, kPath},
    {"SG.", 60, kDotted},
    {"SK", 32, kHex, 32},
    {"xkeysib-", 64},
    {"re_", 32, kWord, 40},
    // Registries and tools
    {"npm_", 36},
    {"pypi-", 80},
    {"rubygems_", 48, kHex},
    {"CLOJARS_", 60},
    {"PMAK-", 50},
    {"NRAK-", 27, kUpper},
    {"glc_", 32, kBase64},
    {"glsa_", 40},
    {"lin_api_", 40},
    {"ntn_", 40},
    {"secret_", 43, kWord, 43},
    {"rdme_", 70},
    {"sntrys_", 60, kBase64},
    {"sntryu_", 64, kHex},
    {"tfp_", 40, kDotted},
    {"ATATT3", 60, kBase64},
    {"figd_", 40},
    {"pat", 79, kDotted, 79},
    {"CFPAT-", 40},
    {"fio-u-", 60},
    {"sgp_", 40},
    {"sk.eyJ", 60, kDotted},
};

// Random letters and digits have 4 bits and more a character at these lengths; words and counted-up examples
// less. Few characters, or few different ones, cannot have so many.
constexpr double kLeastEntropy = 3.4;
constexpr double kLeastEntropyOfFew = 3.0;
constexpr std::size_t kFew = 24;

bool is_digit(unsigned char c) {
  return std::isdigit(c) != 0;
}
bool is_upper(unsigned char c) {
  return std::isupper(c) != 0;
}

bool belongs(char c, Alphabet alphabet) {
  const auto byte = static_cast<unsigned char>(c);
  switch (alphabet) {
    case kHex:
      return std::isxdigit(byte) != 0;
    case kUpper:
      return is_upper(byte) || is_digit(byte);
    case kWord:
      return is_token_char(c);
    case kDotted:
      return is_token_char(c) || c == '.';
    case kPath:
      return is_token_char(c) || c == '/';
    case kBase64:
      return is_token_char(c) || c == '+' || c == '/' || c == '=';
  }
  return false;
}

bool looks_random(std::string_view body, Alphabet alphabet) {
  const auto digits = std::count_if(body.begin(), body.end(), is_digit);
  const auto uppers = std::count_if(body.begin(), body.end(), is_upper);
  const bool is_hex = std::all_of(body.begin(), body.end(), [](unsigned char c) {
    return std::isxdigit(c) != 0 || std::ispunct(c) != 0;
  });
  const auto size = static_cast<std::ptrdiff_t>(body.size());
  const bool is_mixed = digits > 0 ? uppers > 0 || is_hex : uppers * 4 >= size && uppers * 4 <= 3 * size;
  const bool is_few = is_hex || body.size() < kFew;
  return (is_mixed || alphabet == kUpper) &&
         entropy_bits(body) >= (is_few ? kLeastEntropyOfFew : kLeastEntropy);
}

/// The key of AWS's documentation and its like.
bool is_example(std::string_view body) {
  return body.ends_with("EXAMPLE") || body.ends_with("example");
}

std::size_t match_form(std::string_view text, std::size_t at, const TokenForm& form) {
  if (!text.substr(at).starts_with(form.prefix)) return at;
  const std::size_t begin = at + form.prefix.size();
  std::size_t end = begin;
  while (end < text.size() && belongs(text[end], form.alphabet)) ++end;
  while (end > begin && text[end - 1] == '.') --end;  // of the sentence
  const std::size_t size = end - begin;
  if (size < form.least_body || size > form.most_body) return at;
  if (end < text.size() && is_token_char(text[end])) return at;
  const std::string_view body = text.substr(begin, size);
  return looks_random(body, form.alphabet) && !is_example(body) ? end : at;
}

using FormsByStart = std::array<std::vector<const TokenForm*>, 256>;

const FormsByStart& forms_by_start() {
  static const FormsByStart kForms = [] {
    FormsByStart forms;
    for (const TokenForm& form : kTokenForms)
      forms[static_cast<unsigned char>(form.prefix[0])].push_back(&form);
    return forms;
  }();
  return kForms;
}

}  // namespace

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

void for_each_token_prefix(const std::function<void(std::string_view)>& visit) {
  for (const TokenForm& form : kTokenForms) visit(form.prefix);
}

std::size_t match_token(std::string_view text, std::size_t at) {
  for (const TokenForm* form : forms_by_start()[static_cast<unsigned char>(text[at])]) {
    if (const std::size_t end = match_form(text, at, *form); end != at) return end;
  }
  return at;
}

}  // namespace palimpsest::ingest
