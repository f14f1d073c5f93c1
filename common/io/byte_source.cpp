#include "common/io/byte_source.h"

#include <cerrno>
#include <utility>

#include <unistd.h>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::io {
namespace {

class LocalSource : public ByteSource {
 public:
  explicit LocalSource(const std::filesystem::path& path)
      : where_(path.string()), file_(open_file(path, "rb")) {
    std::error_code error;
    size_ = std::filesystem::file_size(path, error);
    if (error) {
      throw base::Error(base::ErrorCode::kEnvironment, "cannot read file: " + error.message(),
                        {.where = where_});
    }
  }

  const std::string& where() const override { return where_; }
  std::uint64_t size() const override { return size_; }

  bool read(std::uint64_t offset, std::size_t size, std::string& bytes, const Check& is_good) const override {
    bytes.resize(size);
    for (std::size_t done = 0; done < size;) {
      const ssize_t count =
          pread(fileno(file_.get()), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw base::errno_error("cannot read file", where_);
      if (count == 0) {
        throw base::Error(base::ErrorCode::kBadData, "the file ends early",
                          {.where = where_ + "@" + std::to_string(offset + done)});
      }
      done += static_cast<std::size_t>(count);
    }
    return !is_good || is_good(bytes);
  }

 private:
  std::string where_;
  FileHandle file_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_local_source(const std::filesystem::path& path) {
  return std::make_unique<LocalSource>(path);
}

}  // namespace palimpsest::io
