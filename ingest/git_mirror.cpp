#include "ingest/git_mirror.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/signals.h"
#include "common/io/file.h"
#include "ingest/git_client.h"
#include "ingest/retry.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLeastFileLimit = 1 << 20;  // refs and indexes are files too

/// Waits for the lock of one mirror; the kernel drops it when the process dies.
class MirrorLock {
 public:
  MirrorLock(const fs::path& path, base::Deadline deadline)
      : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) throw base::errno_error("cannot create lock file", path.string());
    while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      base::throw_if_stopped();
      if (std::chrono::steady_clock::now() >= deadline) {
        close(descriptor_);
        throw base::Error(base::ErrorCode::kEnvironment, "another run keeps fetching this repository",
                          {.where = path.string()});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  ~MirrorLock() { close(descriptor_); }
  MirrorLock(const MirrorLock&) = delete;
  MirrorLock& operator=(const MirrorLock&) = delete;

 private:
  int descriptor_;
};

/// A killed git leaves lock files, which would stop the next one, and half packs, which would fill the disk.
void remove_leftovers(const fs::path& mirror) {
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::recursive_directory_iterator(mirror)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".lock") || name.starts_with("tmp_")) leftovers.push_back(entry.path());
  }
  for (const fs::path& path : leftovers) fs::remove_all(path);
}

std::uint64_t pack_bytes(const fs::path& mirror) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(mirror / "objects" / "pack", ignored)) {
    if (entry.path().extension() == ".pack") bytes += entry.file_size();
  }
  return bytes;
}

void fetch(GitClient& client, const fs::path& target, const std::string& revision, const GitMirror& mirror,
           const GitLimits& limits) {
  const std::string head = client.find_default_branch();
  const std::string folder = "--git-dir=" + target.string();
  std::vector<std::string> arguments = {folder,      "fetch",  "--quiet", "--no-write-fetch-head",
                                        "--no-tags", "--force"};
  // A server that cannot leave blobs out says so and sends all.
  if (limits.max_blob_bytes > 0)
    arguments.push_back(fmt::format("--filter=blob:limit={}", limits.max_blob_bytes + 1));
  if (limits.shallow) {
    arguments.insert(arguments.end(),
                     {"--depth=1", "--", client.url(),
                      fmt::format("+{}:{}", revision.empty() ? "HEAD" : revision, mirror.revision)});
  } else {
    arguments.insert(arguments.end(), {"--prune", "--", client.url(), "+refs/heads/*:refs/heads/*",
                                       "+refs/tags/*:refs/tags/*"});
  }
  client.run(arguments);
  if (!head.empty()) client.run({folder, "symbolic-ref", "HEAD", head});
}

/// A revision becomes part of a refspec, so it must not be able to say anything else.
void check_revision(const std::string& revision) {
  const bool plain = std::none_of(revision.begin(), revision.end(), [](unsigned char c) {
    return c <= ' ' || c == 0x7f ||
           std::string_view("~^:?*[\\").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain && !revision.starts_with('-') && !revision.starts_with('+')) return;
  throw base::Error(base::ErrorCode::kUsage, "bad revision",
                    {.got = revision, .expected = "a branch, a tag or a complete commit id"});
}

}  // namespace

GitMirror locate_mirror(const std::string& url, const std::string& revision, const fs::path& cache,
                        const GitLimits& limits) {
  const std::string name = base::sha256_hex(split_login(url).url);
  // What is left out cannot be fetched later, so another limit needs another mirror.
  const std::string folder =
      fmt::format("{}-{}{}", name, limits.shallow ? "shallow-" : "", limits.max_blob_bytes);
  return {cache / "git" / folder,
          limits.shallow ? "refs/palimpsest/" + base::hash128_hex(revision) : revision};
}

void update_mirror(const std::string& url, const std::string& revision, const GitMirror& mirror,
                   const GitLimits& limits) {
  check_revision(revision);
  const fs::path& place = mirror.repository;
  const base::Deadline deadline = base::deadline_in(limits.timeout_s);
  io::make_directories(place.parent_path());
  const MirrorLock lock(place.string() + ".lock", deadline);
  const bool is_new = !fs::exists(place);
  // A new mirror is made beside its final name, so that a killed run leaves no half one there.
  const fs::path target = is_new ? fs::path(place.string() + ".partial") : place;
  GitClient client(url, {.deadline = deadline,
                         .max_file_bytes = std::max(limits.max_bytes, kLeastFileLimit),
                         .max_memory_bytes = limits.max_memory_bytes});
  const RetryPolicy policy{
      .retries = limits.retries, .first_delay_ms = limits.retry_delay_ms, .deadline = deadline};
  with_retries(policy, [&] {
    if (is_new) {
      fs::remove_all(target);
      client.run({"init", "--quiet", "--bare", "--template=", "--", target.string()});
    }
    remove_leftovers(target);
    fetch(client, target, revision, mirror, limits);
  });
  if (!is_new) return;
  if (pack_bytes(target) > limits.max_bytes) {
    fs::remove_all(target);
    throw base::Error(base::ErrorCode::kEnvironment, "repository is too large",
                      {.expected = fmt::format("at most {} bytes", limits.max_bytes),
                       .where = client.url(),
                       .hint = "raise --git-max-bytes, or fetch less with --shallow"});
  }
  io::rename_file(target, place);
}

}  // namespace palimpsest::ingest
