#include "ingest/result_cache.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/base/hash.h"
#include "common/base/stage.h"
#include "common/io/file.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

}  // namespace

ResultCache::ResultCache(fs::path folder, const io::Manifest& plan) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  io::make_directories(folder_);
  // The version alone would let a developer's new build take over what an older one made.
  shared_ = base::sha256_file_hex("/proc/self/exe") + base::tool_version() +
            io::Json({plan.config, plan.inputs}).dump();
}

fs::path ResultCache::path(const AcquiredSource& source) const {
  const io::Json key = {shared_,
                        source.spec.text(),
                        source.digest,
                        source.repo,
                        {source.identity.kind, source.identity.name, source.identity.revision}};
  return folder_ / (base::sha256_hex(key.dump()) + ".jsonl.zst");
}

std::optional<SourceResult> ResultCache::find(const AcquiredSource& source) const {
  if (folder_.empty()) return {};
  const fs::path file = path(source);
  if (!fs::exists(file)) return {};
  try {
    return load_source_result(file);
  } catch (const base::Error& error) {
    spdlog::warn("{}; it is made again", error.what());
    return {};
  }
}

void ResultCache::store(const AcquiredSource& source, const SourceResult& result) const {
  if (folder_.empty()) return;
  const fs::path file = path(source);
  const fs::path partial = fmt::format("{}.{}.partial", file.string(), getpid());
  save_source_result(result, partial);
  io::rename_file(partial, file);
}

}  // namespace palimpsest::ingest
