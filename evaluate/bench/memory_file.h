// A file in memory for a child process: nothing of it is left when both are gone.
#pragma once

#include <string>
#include <string_view>

namespace palimpsest::bench {

/// Owns a descriptor of an anonymous file (memfd_create(2)), read from its beginning.
class MemoryFile {
 public:
  /// Throws Error{kEnvironment}.
  explicit MemoryFile(std::string_view content);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }

  /// The whole content, whatever the position.
  std::string read_all() const;

 private:
  int descriptor_;
};

}  // namespace palimpsest::bench
