// Digests: SHA-256 for files and identities that users compare, XXH3 for everything that is only ours.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace palimpsest::base {

/// Incremental SHA-256 (FIPS 180-4). Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  /// Lower-case hex digest; the object must not be used afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

/// Throws Error{kEnvironment} when the file cannot be read.
std::string sha256_file_hex(const std::filesystem::path& path);

/// XXH3, 64 bits.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

/// XXH3, 128 bits, as 32 lower-case hex digits.
std::string hash128_hex(std::string_view bytes);

}  // namespace palimpsest::base
