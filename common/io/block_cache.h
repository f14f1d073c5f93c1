// Pieces of remote files kept on disk, the most recently used ones, for any number of processes.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace palimpsest::io {

/// DIRECTORY/xx/yyyy… holds one block under the hash of its key: a line with the checksum of the content and
/// the key, then the content. Blocks appear by rename(2), so a reader sees a whole one or none; a torn or
/// changed one fails its checksum and counts as missing. Nothing here is ever needed: when the disk is full
/// or the directory cannot be written, one warning says so and reading goes on without. Thread-safe.
class BlockCache {
 public:
  /// Creates the directory; throws Error{kEnvironment} when that fails. All processes that use it should give
  /// the same `capacity`, in bytes of files. Each looks at what the others added after 1/16 of the capacity
  /// of its own, so for a moment it may be passed by that much a process.
  BlockCache(std::filesystem::path directory, std::uint64_t capacity);

  /// Sets `content` and returns true when the block is there and whole.
  bool get(const std::string& key, std::string& content) const;

  void put(const std::string& key, std::string_view content);

  void remove(const std::string& key) const;

 private:
  std::filesystem::path path_of(const std::string& key) const;
  void evict();

  std::filesystem::path directory_;
  std::uint64_t capacity_;
  std::atomic<std::uint64_t> added_{0};  ///< bytes since the last look at the whole directory
  std::atomic<bool> looked_{false};      ///< at the whole directory, in this process
  std::atomic<bool> warned_{false};
};

}  // namespace palimpsest::io
