#include "ingest/result_cache.h"

#include <chrono>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/base/hash.h"
#include "common/base/stage.h"
#include "common/io/file.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPartial = "partial";
constexpr std::chrono::hours kLongestWrite(24);
constexpr std::chrono::hours kUnused(24 * kUnusedDays);

/// Other runs may remove the same files at the same time.
void remove_older(const fs::path& folder, std::chrono::hours age) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const fs::file_time_type time = entry.last_write_time(error);
    if (error || !entry.is_regular_file(error)) continue;
    if (fs::file_time_type::clock::now() - time > age) fs::remove(entry.path(), error);
  }
}

}  // namespace

ResultCache::ResultCache(fs::path folder, const io::Manifest& plan) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  io::make_directories(folder_ / kPartial);
  // Killed runs leave files that no other run can know to be dead, unless they are old.
  remove_older(folder_ / kPartial, kLongestWrite);
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
  std::error_code ignored;
  fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);  // so that it counts as used
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
  const fs::path partial = folder_ / kPartial / fmt::format("{}.{}", file.stem().string(), gettid());
  save_source_result(result, partial);
  io::rename_file(partial, file);
}

void ResultCache::remove_unused() const {
  if (!folder_.empty()) remove_older(folder_, kUnused);
}

}  // namespace palimpsest::ingest
