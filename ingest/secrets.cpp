#include "ingest/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "ingest/personal_data.h"

namespace palimpsest::ingest {
namespace {

struct TokenForm {
  std::string_view prefix;
  std::size_t least_body;  // characters behind the prefix
};

// As their issuers document them.
constexpr std::array<TokenForm, 26> kTokenForms = {
    {{"ghp_", 36},   {"gho_", 36},  {"ghu_", 36},     {"ghs_", 36},     {"ghr_", 36},   {"github_pat_", 60},
     {"glpat-", 20}, {"sk-", 32},   {"sk_live_", 20}, {"rk_live_", 20}, {"AKIA", 16},   {"ASIA", 16},
     {"xoxb-", 20},  {"xoxp-", 20}, {"xoxa-", 20},    {"xoxr-", 20},    {"xoxs-", 20},  {"npm_", 36},
     {"AIza", 35},   {"SG.", 40},   {"hf_", 30},      {"dop_v1_", 64},  {"shpat_", 32}, {"ya29.", 30},
     {"pypi-", 80},  {"whsec_", 30}}};
// Random letters and digits have 4 bits and more a character at these lengths; words and counted-up examples
// less.
constexpr double kLeastEntropy = 3.4;
constexpr std::size_t kLeastKeyBody = 64;
constexpr std::size_t kMaxKeyBytes = 16'384;

bool is_token_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

std::size_t token_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_token_char(text[at])) ++at;
  return at;
}

bool looks_random(std::string_view body) {
  const bool has_digit =
      std::any_of(body.begin(), body.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool has_upper =
      std::any_of(body.begin(), body.end(), [](unsigned char c) { return std::isupper(c) != 0; });
  const bool is_hex =
      std::all_of(body.begin(), body.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  return has_digit && (has_upper || is_hex) && entropy_bits(body) >= kLeastEntropy;
}

std::size_t match_token(std::string_view text, std::size_t at) {
  for (const TokenForm& form : kTokenForms) {
    if (!text.substr(at).starts_with(form.prefix)) continue;
    const std::size_t begin = at + form.prefix.size();
    const std::size_t end = token_end(text, begin);
    if (end - begin >= form.least_body && looks_random(text.substr(begin, end - begin))) return end;
  }
  return at;
}

/// Three parts of base64url; the first two are JSON objects, which begin with `{"`.
std::size_t match_jwt(std::string_view text, std::size_t at) {
  constexpr std::string_view kObject = "eyJ";
  constexpr std::size_t kLeastSignature = 16;
  if (!text.substr(at).starts_with(kObject)) return at;
  const std::size_t header = token_end(text, at);
  if (header >= text.size() || text[header] != '.' || !text.substr(header + 1).starts_with(kObject))
    return at;
  const std::size_t payload = token_end(text, header + 1);
  if (payload >= text.size() || text[payload] != '.') return at;
  const std::size_t end = token_end(text, payload + 1);
  return end - payload > kLeastSignature ? end : at;
}

/// From `-----BEGIN … PRIVATE KEY-----` to its END line; a header without a body is code that speaks of keys.
std::size_t match_private_key(std::string_view text, std::size_t at) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kKey = "PRIVATE KEY-----";
  constexpr std::size_t kMaxName = 32;
  const std::string_view rest = text.substr(at, kMaxKeyBytes);
  if (!rest.starts_with(kBegin)) return at;
  const std::size_t key = rest.substr(0, kBegin.size() + kMaxName).find(kKey);
  if (key == std::string_view::npos) return at;
  const std::size_t body = key + kKey.size();
  const std::size_t end = rest.find("-----END ", body);
  if (end == std::string_view::npos) return at;
  const auto count = std::count_if(rest.begin() + static_cast<std::ptrdiff_t>(body),
                                   rest.begin() + static_cast<std::ptrdiff_t>(end),
                                   [](unsigned char c) { return std::isalnum(c) != 0; });
  return static_cast<std::size_t>(count) >= kLeastKeyBody ? at + end : at;
}

}  // namespace

const char* secret_kind_name(SecretKind kind) {
  static constexpr std::array<const char*, kSecretKinds> kNames = {"private_key", "token", "jwt", "email",
                                                                   "ip_address"};
  return kNames.at(static_cast<std::size_t>(kind));
}

bool is_credential(SecretKind kind) {
  return kind == SecretKind::kPrivateKey || kind == SecretKind::kToken || kind == SecretKind::kJwt;
}

std::vector<Secret> find_secrets(std::string_view text) {
  static const std::array<bool, 256> kStarts = [] {
    std::array<bool, 256> starts{};
    for (const TokenForm& form : kTokenForms) starts[static_cast<unsigned char>(form.prefix[0])] = true;
    starts['e'] = true;
    return starts;
  }();
  std::vector<Secret> secrets = find_personal_data(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t end = i;
    SecretKind kind = SecretKind::kToken;
    if (text[i] == '-') {
      end = match_private_key(text, i);
      kind = SecretKind::kPrivateKey;
    } else if (kStarts[static_cast<unsigned char>(text[i])] && (i == 0 || !is_word(text[i - 1]))) {
      end = match_token(text, i);
      if (end == i) {
        end = match_jwt(text, i);
        kind = SecretKind::kJwt;
      }
    }
    if (end == i) continue;
    secrets.push_back({i, end, kind});
    i = end - 1;
  }
  std::sort(secrets.begin(), secrets.end(),
            [](const Secret& a, const Secret& b) { return a.begin < b.begin; });
  std::size_t covered = 0;
  std::erase_if(secrets, [&](const Secret& secret) {
    const bool overlaps = secret.begin < covered;
    covered = std::max(covered, secret.end);
    return overlaps;
  });
  return secrets;
}

void redact(std::string& text, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    for (std::size_t i = secret.begin; i < secret.end; ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (std::isdigit(c) != 0) text[i] = '0';
      if (std::isalpha(c) != 0) text[i] = 'x';
    }
  }
}

}  // namespace palimpsest::ingest
