#include "ingest/secret_log.h"

namespace palimpsest::ingest {

void SecretLog::add(const std::string& file, const std::vector<Secret>& secrets) {
  for (const Secret& secret : secrets) {
    ++counts_.at(static_cast<std::size_t>(secret.kind));
    lines_ += io::Json{{"file", file},
                       {"kind", secret_kind_name(secret.kind)},
                       {"begin", secret.begin},
                       {"bytes", secret.end - secret.begin}}
                  .dump() +
              "\n";
  }
}

io::Json SecretLog::counts() const {
  io::Json counts = io::Json::object();
  for (std::size_t i = 0; i < kSecretKinds; ++i)
    counts[secret_kind_name(static_cast<SecretKind>(i))] = counts_[i];
  return counts;
}

}  // namespace palimpsest::ingest
