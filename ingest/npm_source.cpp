#include "ingest/npm_source.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "common/base/child_process.h"
#include "common/base/error.h"
#include "common/io/file.h"
#include "ingest/integrity.h"
#include "ingest/retry.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostMemory = 2ULL << 30;  // npm itself takes about 100 MB
constexpr std::uint64_t kMostOutput = 64ULL << 20;

bool has_integrity(const fs::path& file, const std::string& integrity) {
  return integrity.empty() || sha512_integrity(io::read_file(file)) == integrity;
}

/// An empty folder of this process, removed at the end.
class ScratchFolder {
 public:
  explicit ScratchFolder(fs::path path) : path_(std::move(path)) {
    fs::remove_all(path_);
    io::make_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const fs::path& path() const { return path_; }

  /// The one file in it. Throws Error{kEnvironment} if there is none.
  fs::path only_file() const {
    for (const auto& entry : fs::directory_iterator(path_)) return entry.path();
    throw base::Error(base::ErrorCode::kEnvironment, "npm reported success but left no package",
                      {.where = path_.string()});
  }

 private:
  fs::path path_;
};

/// Throws TransientError or Error{kEnvironment} with what npm said.
void pack(const SourceSpec& spec, const fs::path& folder, const base::ProgramLimits& limits) {
  const base::ProgramResult result =
      base::run_program({"npm", "pack", spec.location + "@" + spec.revision, "--pack-destination",
                         folder.string(), "--json", "--ignore-scripts", "--loglevel=error"},
                        {}, limits);
  if (result.exit_code == 0) return;
  const std::string message = "npm failed: " + base::one_line(result.errors);
  if (is_transient_failure(message)) throw TransientError(base::ErrorCode::kEnvironment, message);
  throw base::Error(base::ErrorCode::kEnvironment, message);
}

}  // namespace

fs::path fetch_npm_package(const SourceSpec& spec, const fs::path& cache, const NpmLimits& limits) {
  std::string name = fmt::format("{}-{}.tgz", spec.location, spec.revision);
  std::replace(name.begin(), name.end(), '/', '+');
  const fs::path folder = cache / "npm";
  const fs::path target = folder / name;
  if (fs::exists(target) && has_integrity(target, spec.integrity)) return target;
  const ScratchFolder scratch(folder / fmt::format("fetch-{}", gettid()));
  const base::ProgramLimits program{.deadline = base::deadline_in(limits.timeout_s),
                                    .max_file_bytes = limits.max_bytes,
                                    .max_memory_bytes = kMostMemory,
                                    .max_cpu_s = static_cast<std::uint64_t>(limits.timeout_s),
                                    .max_output_bytes = kMostOutput};
  with_retries({.retries = limits.retries, .first_delay_ms = 1000, .deadline = program.deadline},
               [&] { pack(spec, scratch.path(), program); });
  const fs::path fetched = scratch.only_file();
  if (!spec.integrity.empty()) verify_integrity(io::read_file(fetched), spec.integrity, spec.text());
  io::sync_to_disk(fetched);
  io::rename_file(fetched, target);
  return target;
}

}  // namespace palimpsest::ingest
