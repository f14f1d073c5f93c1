#include "ingest/secrets.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cctype>

#include "ingest/personal_data.h"
#include "ingest/token_forms.h"

namespace palimpsest::ingest {
namespace {

constexpr std::string_view kKeyBegin = "-----BEGIN ";
constexpr std::string_view kJwtObject = "eyJ";  // `{"` in base64

constexpr std::size_t kLeastKeyBody = 64;
constexpr std::size_t kMaxKeyBytes = 16'384;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

std::size_t token_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_token_char(text[at])) ++at;
  return at;
}

/// Three parts of base64url; the first two are JSON objects, which begin with `{"`.
std::size_t match_jwt(std::string_view text, std::size_t at) {
  // `{"sub":"1234567890"`: the token that jwt.io shows to everybody.
  constexpr std::string_view kExample = "eyJzdWIiOiIxMjM0NTY3ODkw";
  constexpr std::size_t kLeastSignature = 16;
  if (!text.substr(at).starts_with(kJwtObject)) return at;
  const std::size_t header = token_end(text, at);
  if (header >= text.size() || text[header] != '.' || !text.substr(header + 1).starts_with(kJwtObject))
    return at;
  if (text.substr(header + 1).starts_with(kExample)) return at;
  const std::size_t payload = token_end(text, header + 1);
  if (payload >= text.size() || text[payload] != '.') return at;
  const std::size_t end = token_end(text, payload + 1);
  return end - payload > kLeastSignature ? end : at;
}

/// From `-----BEGIN … PRIVATE KEY-----` to its END line; a header without a body is code that speaks of keys.
std::size_t match_private_key(std::string_view text, std::size_t at) {
  constexpr std::string_view kKey = "PRIVATE KEY";
  constexpr std::string_view kDashes = "-----";
  constexpr std::size_t kMaxName = 32;
  const std::string_view rest = text.substr(at, kMaxKeyBytes);
  if (!rest.starts_with(kKeyBegin)) return at;
  const std::size_t key = rest.substr(0, kKeyBegin.size() + kMaxName).find(kKey);
  if (key == std::string_view::npos) return at;
  const std::size_t name_end = rest.find(kDashes, key);  // PGP keys have one more word
  if (name_end > kKeyBegin.size() + kMaxName) return at;
  const std::size_t body = name_end + kDashes.size();
  const std::size_t end = rest.find("-----END ", body);
  if (end == std::string_view::npos) return at;
  const auto count = std::count_if(rest.begin() + static_cast<std::ptrdiff_t>(body),
                                   rest.begin() + static_cast<std::ptrdiff_t>(end),
                                   [](unsigned char c) { return std::isalnum(c) != 0; });
  return static_cast<std::size_t>(count) >= kLeastKeyBody ? at + end : at;
}

using CharacterPairs = std::bitset<1 << 16>;

std::size_t pair_at(std::string_view text, std::size_t at) {
  return std::size_t{static_cast<unsigned char>(text[at])} << 8U | static_cast<unsigned char>(text[at + 1]);
}

/// The first two characters of all credentials: they rule nearly every position out.
const CharacterPairs& credential_starts() {
  static const CharacterPairs kStarts = [] {
    CharacterPairs starts;
    for_each_token_prefix([&](std::string_view prefix) { starts.set(pair_at(prefix, 0)); });
    for (const std::string_view prefix : {kKeyBegin, kJwtObject}) starts.set(pair_at(prefix, 0));
    return starts;
  }();
  return kStarts;
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
  std::vector<Secret> secrets = find_personal_data(text);
  const CharacterPairs& starts = credential_starts();
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!starts[pair_at(text, i)]) continue;
    std::size_t end = i;
    SecretKind kind = SecretKind::kToken;
    if (text[i] == '-') {
      end = match_private_key(text, i);
      kind = SecretKind::kPrivateKey;
    } else if (i == 0 || !is_word(text[i - 1])) {
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
