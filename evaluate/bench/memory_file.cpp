#include "evaluate/bench/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "common/base/error.h"

namespace palimpsest::bench {

MemoryFile::MemoryFile(std::string_view content) : descriptor_(memfd_create("palimpsest", MFD_CLOEXEC)) {
  if (descriptor_ < 0) throw base::errno_error("cannot make a file in memory", "memfd_create");
  while (!content.empty()) {
    const ssize_t size = write(descriptor_, content.data(), content.size());
    if (size <= 0) {
      const base::Error error = base::errno_error("cannot write a file in memory", "memfd");
      close(descriptor_);
      throw error;
    }
    content.remove_prefix(static_cast<std::size_t>(size));
  }
  lseek(descriptor_, 0, SEEK_SET);
}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

std::string MemoryFile::read_all() const {
  std::string content;
  char buffer[4096];
  ssize_t size = 0;
  while ((size = pread(descriptor_, buffer, sizeof buffer, static_cast<off_t>(content.size()))) > 0) {
    content.append(buffer, static_cast<std::size_t>(size));
  }
  return content;
}

}  // namespace palimpsest::bench
