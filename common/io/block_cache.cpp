#include "common/io/block_cache.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/directory_lock.h"
#include "common/io/file.h"

namespace palimpsest::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFolderDigits = 2;
constexpr std::uint64_t kLooksPerCapacity = 16;
constexpr auto kAbandoned = std::chrono::hours(1);  ///< a temporary file this old has no writer any more

/// The line in front of the content.
std::string seal(const std::string& key, std::string_view content) {
  return "palimpsest block 1 " + base::hash128_hex(content) + " " + key + "\n";
}

struct Entry {
  fs::path path;
  fs::file_time_type used;
  std::uint64_t bytes = 0;
};

bool is_folder_of_ours(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return entry.is_directory() && name.size() == kFolderDigits &&
         name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// All blocks. Other processes may remove files meanwhile, so errors of single files mean nothing.
std::vector<Entry> list_blocks(const fs::path& directory) {
  std::vector<Entry> entries;
  std::error_code error;
  for (const fs::directory_entry& folder : fs::directory_iterator(directory, error)) {
    if (!is_folder_of_ours(folder)) continue;
    for (const fs::directory_entry& file : fs::directory_iterator(folder.path(), error)) {
      Entry entry{file.path(), file.last_write_time(error)};
      if (error) continue;
      entry.bytes = file.file_size(error);
      if (error) continue;
      const bool partial = entry.path.string().ends_with(kPartialSuffix);
      if (partial && fs::file_time_type::clock::now() - entry.used > kAbandoned) {
        fs::remove(entry.path, error);
      } else if (!partial) {
        entries.push_back(std::move(entry));
      }
    }
  }
  return entries;
}

}  // namespace

BlockCache::BlockCache(fs::path directory, std::uint64_t capacity)
    : directory_(std::move(directory)), capacity_(capacity) {
  make_directories(directory_);
}

fs::path BlockCache::path_of(const std::string& key) const {
  const std::string name = base::hash128_hex(key);
  return directory_ / name.substr(0, kFolderDigits) / name.substr(kFolderDigits);
}

bool BlockCache::get(const std::string& key, std::string& content) const {
  const fs::path path = path_of(key);
  if (access(path.c_str(), R_OK) != 0) return false;
  try {
    content = read_file(path);
  } catch (const base::Error&) {
    return false;
  }
  const std::size_t line_bytes = seal(key, {}).size();
  if (content.size() < line_bytes || seal(key, std::string_view(content).substr(line_bytes)) !=
                                         std::string_view(content).substr(0, line_bytes)) {
    spdlog::warn("damaged file in the cache, getting its content again, in {}", path.string());
    remove(key);
    return false;
  }
  content.erase(0, line_bytes);
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now
  return true;
}

void BlockCache::put(const std::string& key, std::string_view content) {
  const std::string line = seal(key, content);
  if (line.size() + content.size() > capacity_) return;
  static std::atomic<std::uint64_t> counter{0};
  const fs::path path = path_of(key);
  const fs::path partial = fmt::format("{}.{}.{}{}", path.string(), getpid(), counter++, kPartialSuffix);
  try {
    make_directories(path.parent_path());
    FileHandle file = open_file(partial, "wb");
    if (std::fwrite(line.data(), 1, line.size(), file.get()) != line.size() ||
        std::fwrite(content.data(), 1, content.size(), file.get()) != content.size()) {
      throw base::errno_error("cannot write file", partial.string());
    }
    close_file(std::move(file), partial);
    rename_file(partial, path);  // no fsync: what a power cut tears fails its checksum
  } catch (const base::Error& error) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    if (!warned_.exchange(true)) spdlog::warn("the cache is not written to: {}", error.what());
    return;
  }
  added_ += line.size() + content.size();
  if (!looked_.exchange(true) || added_ > capacity_ / kLooksPerCapacity) evict();
}

void BlockCache::remove(const std::string& key) const {
  std::error_code ignored;
  fs::remove(path_of(key), ignored);
}

void BlockCache::evict() {
  added_ = 0;
  try {
    const DirectoryLock lock(directory_);
    std::vector<Entry> entries = list_blocks(directory_);
    std::uint64_t bytes = 0;
    for (const Entry& entry : entries) bytes += entry.bytes;
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    // Down to what leaves room until the next look.
    const std::uint64_t room = capacity_ - capacity_ / kLooksPerCapacity;
    std::error_code ignored;
    for (const Entry& entry : entries) {
      if (bytes <= room) break;
      if (fs::remove(entry.path, ignored)) bytes -= entry.bytes;
    }
  } catch (const base::Error&) {  // another process is at it
  }
}

}  // namespace palimpsest::io
