#include "ingest/integrity.h"

#include <array>

#include <openssl/evp.h>

#include "common/base/error.h"

namespace palimpsest::ingest {

std::string sha512_integrity(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha512(), nullptr) != 1) {
    throw base::Error(base::ErrorCode::kBug, "OpenSSL cannot compute SHA-512");
  }
  std::array<unsigned char, 4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return "sha512-" + std::string(text.begin(), text.begin() + length);
}

void verify_integrity(std::string_view bytes, const std::string& expected, const std::string& where) {
  const std::string got = sha512_integrity(bytes);
  if (got == expected) return;
  throw base::Error(
      base::ErrorCode::kBadData, "wrong integrity",
      {.got = got, .expected = expected, .where = where, .hint = "the package is not what the list pins"});
}

}  // namespace palimpsest::ingest
