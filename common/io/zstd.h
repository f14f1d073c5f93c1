// Streaming zstd files. Compression is single-threaded and level-fixed, so equal input gives equal bytes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace palimpsest::io {

inline constexpr int kZstdLevel = 3;

/// Writes one zstd frame with content checksum. finish() must be called; the destructor alone leaves a
/// truncated file.
class ZstdWriter {
 public:
  explicit ZstdWriter(const std::filesystem::path& path, int level = kZstdLevel);
  ~ZstdWriter();
  ZstdWriter(ZstdWriter&&) noexcept;
  ZstdWriter& operator=(ZstdWriter&&) noexcept;

  /// Throws Error{kEnvironment} when the disk is full.
  void write(std::string_view bytes);
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads a zstd file line by line.
class ZstdLineReader {
 public:
  explicit ZstdLineReader(const std::filesystem::path& path);
  ~ZstdLineReader();
  ZstdLineReader(ZstdLineReader&&) noexcept;
  ZstdLineReader& operator=(ZstdLineReader&&) noexcept;

  /// Sets `line` to the next line without its newline; false at the end. The last line may lack a newline.
  /// Throws Error{kBadData} on a damaged or truncated file.
  bool next(std::string& line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::io
