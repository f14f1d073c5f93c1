// Credentials and personal data in a text: found, and overwritten without moving a byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

enum class SecretKind { kPrivateKey, kToken, kJwt, kEmail, kIpAddress };
inline constexpr std::size_t kSecretKinds = 5;

/// private_key, token, jwt, email, ip_address.
const char* secret_kind_name(SecretKind kind);

/// True for what opens a door (keys, tokens, JWTs), false for personal data.
bool is_credential(SecretKind kind);

struct Secret {
  std::size_t begin = 0;  ///< bytes of the text
  std::size_t end = 0;
  SecretKind kind = SecretKind::kToken;
};

/// In order, without overlap. Finds PEM private keys; tokens by the prefixes of their issuers, if what
/// follows is long and random enough; JWTs; e-mail addresses of people, not of roles and made-up ones; public
/// IPv4 addresses. What has no such form (a plain password) is not found.
std::vector<Secret> find_secrets(std::string_view text);

/// Overwrites letters by `x` and digits by `0`: length, line ends and UTF-8 stay as they are.
void redact(std::string& text, const std::vector<Secret>& secrets);

}  // namespace palimpsest::ingest
