#include "ingest/source.h"

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/url_login.h"
#include "common/io/file.h"
#include "ingest/folder_source.h"
#include "ingest/integrity.h"
#include "ingest/jsonl_source.h"
#include "ingest/npm_source.h"
#include "ingest/tarball.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

FileCollector make_collector(const SourceSpec& spec, const IngestOptions& options) {
  const bool is_package = spec.kind == SourceKind::kNpm || spec.kind == SourceKind::kTarball;
  return FileCollector(
      {.max_file_bytes = options.max_file_bytes, .max_source_bytes = options.max_source_bytes},
      is_package ? FileCollector::SourceMaps::kRead : FileCollector::SourceMaps::kIgnore);
}

std::string folder_name(const std::string& path) {
  return fs::weakly_canonical(path).filename().string();
}

AcquiredSource acquire_npm(const SourceSpec& spec, const IngestOptions& options) {
  const NpmLimits limits{
      .timeout_s = options.npm_timeout_s, .max_bytes = options.max_source_bytes, .retries = options.retries};
  const fs::path file = fetch_npm_package(spec, cache_directory(options), limits);
  return {.spec = spec,
          .identity = {"npm", spec.location, spec.revision},
          .repo = spec.location,
          .digest = spec.integrity.empty() ? sha512_integrity(io::read_file(file)) : spec.integrity,
          .file = file};
}

AcquiredSource acquire_tarball(const SourceSpec& spec) {
  const std::string digest = base::sha256_file_hex(spec.location);
  const std::string name = fs::path(spec.location).filename().string();
  return {
      .spec = spec, .identity = {"tgz", name, digest}, .repo = name, .digest = digest, .file = spec.location};
}

AcquiredSource acquire_jsonl(const SourceSpec& spec) {
  const std::string digest = base::sha256_file_hex(spec.location);
  const std::string name = fs::path(spec.location).filename().string();
  return {.spec = spec, .identity = {"jsonl", name, digest}, .repo = name, .digest = digest};
}

AcquiredSource acquire_folder(const SourceSpec& spec, const IngestOptions& options) {
  FileCollector collector = make_collector(spec, options);
  const std::string digest = read_folder(spec.location, collector, options.gitignore);
  return {.spec = spec,
          .identity = {"dir", spec.location, digest},
          .repo = folder_name(spec.location),
          .digest = digest};
}

AcquiredSource acquire_git(const SourceSpec& spec, const IngestOptions& options) {
  const GitLimits limits{.timeout_s = options.git_timeout_s,
                         .max_bytes = options.git_max_bytes,
                         .max_memory_bytes = options.git_max_memory,
                         .retries = options.retries,
                         .max_blob_bytes = options.max_file_bytes,
                         .shallow = options.shallow};
  GitCommit commit = find_commit(spec.location, spec.revision, cache_directory(options), limits);
  const std::string name = base::without_login(spec.location);
  return {.spec = spec,
          .identity = {"git", name, commit.id},
          .repo = fs::is_directory(spec.location) ? folder_name(spec.location) : name,
          .digest = commit.id,
          .commit = std::move(commit)};
}

void read_package_tarball(const AcquiredSource& source, const IngestOptions& options,
                          FileCollector& collector) {
  const std::string bytes = io::read_file(source.file);
  const bool same = source.spec.kind == SourceKind::kNpm ? sha512_integrity(bytes) == source.digest
                                                         : base::sha256_hex(bytes) == source.digest;
  if (!same) {
    throw base::Error(base::ErrorCode::kBadData, "file changed during the run",
                      {.where = source.file.string()});
  }
  const TopFolder top = source.spec.kind == SourceKind::kNpm ? TopFolder::kDrop : TopFolder::kFind;
  read_tarball(bytes, source.file.string(), options.max_source_bytes, top, collector);
}

/// A tarball that is an npm package gives the same documents as the package from the registry.
void identify_tarball(AcquiredSource& source, const SourceFiles& files) {
  const PackageInfo* package = files.packages.root();
  if (package == nullptr || package->name.empty() || package->version.empty()) return;
  source.identity = {"npm", package->name, package->version};
  source.repo = package->name;
}

}  // namespace

std::string declared_digest(const SourceSpec& spec) {
  if (spec.kind == SourceKind::kNpm) return spec.integrity;
  if (spec.kind == SourceKind::kGit && is_commit_id(spec.revision)) return spec.revision;
  return {};
}

AcquiredSource acquire(const SourceSpec& spec, const IngestOptions& options) {
  switch (spec.kind) {
    case SourceKind::kNpm:
      return acquire_npm(spec, options);
    case SourceKind::kTarball:
      return acquire_tarball(spec);
    case SourceKind::kFolder:
      return acquire_folder(spec, options);
    case SourceKind::kGit:
      return acquire_git(spec, options);
    case SourceKind::kJsonl:
      return acquire_jsonl(spec);
  }
  throw base::Error(base::ErrorCode::kBug, "unknown kind of source");
}

SourceFiles read_source(AcquiredSource& source, const IngestOptions& options) {
  FileCollector collector = make_collector(source.spec, options);
  switch (source.spec.kind) {
    case SourceKind::kNpm:
    case SourceKind::kTarball:
      read_package_tarball(source, options, collector);
      break;
    case SourceKind::kFolder:
      if (read_folder(source.spec.location, collector, options.gitignore) != source.digest) {
        throw base::Error(base::ErrorCode::kBadData, "folder changed during the run",
                          {.where = source.spec.location});
      }
      break;
    case SourceKind::kGit:
      read_commit(source.commit, collector);
      break;
    case SourceKind::kJsonl:
      read_jsonl(source.spec.location, options.jsonl_text_field, collector);
      if (base::sha256_file_hex(source.spec.location) != source.digest) {
        throw base::Error(base::ErrorCode::kBadData, "file changed during the run",
                          {.where = source.spec.location});
      }
      break;
  }
  SourceFiles files = collector.finish();
  if (source.spec.kind == SourceKind::kTarball) identify_tarball(source, files);
  return files;
}

}  // namespace palimpsest::ingest
