// The list of all secrets of a run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "ingest/secrets.h"

namespace palimpsest::ingest {

/// Where secrets stand, never what they are.
class SecretLog {
 public:
  void add(const std::string& file, const std::vector<Secret>& secrets);
  /// One JSON line for each: file, kind, begin, bytes.
  const std::string& lines() const { return lines_; }
  /// Number of each kind.
  io::Json counts() const;

 private:
  std::string lines_;
  std::array<std::uint64_t, kSecretKinds> counts_{};
};

}  // namespace palimpsest::ingest
