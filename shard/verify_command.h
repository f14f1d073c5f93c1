// `shard verify`: checks every byte of a shard directory against its checksums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace palimpsest::base {
class Stage;
}
namespace palimpsest::io {
class Folder;
}

namespace palimpsest::shard {

void add_verify_command(base::Stage& stage);

struct VerifyResult {
  std::uint64_t files = 0;
  std::uint64_t frames = 0;
  std::uint64_t rows = 0;
  std::vector<std::string> damage;  ///< one line each: what, where, which frame and documents
};

/// Goes on after damage, so that all of it is listed. Throws Error{kEnvironment} or Error{kBadData} when the
/// manifest itself is missing or damaged.
VerifyResult verify_shards(const io::Folder& folder);

}  // namespace palimpsest::shard
