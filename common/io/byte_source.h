// Bytes that can be read at any offset: of a local file (here) or over HTTP (http_file.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace palimpsest::io {

/// Thread-safe for reading.
class ByteSource {
 public:
  /// Whether bytes are what they should be, e.g. by their checksum.
  using Check = std::function<bool(std::string_view)>;

  virtual ~ByteSource() = default;

  /// Path or URL, for messages.
  virtual const std::string& where() const = 0;

  /// Length in bytes; does not change.
  virtual std::uint64_t size() const = 0;

  /// Sets `bytes` to the `size` bytes at `offset` and returns whether `is_good` accepts them. A remote source
  /// fetches refused bytes again, a few times, before it gives in, and keeps in its cache only what was
  /// accepted; without a check nothing is cached. Throws Error{kEnvironment} (unreadable, no network) or
  /// Error{kBadData} (the file ends early, or was replaced by another).
  virtual bool read(std::uint64_t offset, std::size_t size, std::string& bytes,
                    const Check& is_good = {}) const = 0;
};

/// Throws Error{kEnvironment} when the file is missing or unreadable.
std::unique_ptr<ByteSource> open_local_source(const std::filesystem::path& path);

}  // namespace palimpsest::io
