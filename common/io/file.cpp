#include "common/io/file.h"

#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "common/base/error.h"

namespace palimpsest::io {
FileHandle open_file(const std::filesystem::path& path, const char* mode) {
  FileHandle file(std::fopen(path.c_str(), mode));
  if (!file) throw base::errno_error("cannot open file", path.string());
  return file;
}

void close_file(FileHandle file, const std::filesystem::path& path) {
  if (std::fclose(file.release()) != 0) throw base::errno_error("cannot write file", path.string());
}

std::string read_file(const std::filesystem::path& path) {
  const FileHandle file = open_file(path, "rb");
  std::string content;
  char buffer[1 << 16];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file.get()))
    content.append(buffer, size);
  if (std::ferror(file.get()) != 0) throw base::errno_error("cannot read file", path.string());
  return content;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path partial = path.string() + std::string(kPartialSuffix);
  {
    const FileHandle file = open_file(partial, "wb");
    const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size() &&
                         std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0;
    if (!written) {
      const auto failure = base::errno_error("cannot write file", partial.string());
      std::error_code ignored;
      std::filesystem::remove(partial, ignored);
      throw failure;
    }
  }
  rename_file(partial, path);
  sync_to_disk(path.has_parent_path() ? path.parent_path() : ".");
}

void sync_to_disk(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw base::errno_error("cannot open for fsync", path.string());
  const int result = fsync(descriptor);
  const auto failure = base::errno_error("cannot fsync", path.string());
  close(descriptor);
  if (result != 0) throw failure;
}

void rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) {
    throw base::errno_error("cannot rename " + from.string(), to.string());
  }
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    throw base::Error(base::ErrorCode::kEnvironment, "cannot create directory: " + error.message(),
                      {.where = path.string()});
  }
}

}  // namespace palimpsest::io
