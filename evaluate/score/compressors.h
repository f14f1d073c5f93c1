// How small zstd and xz make a text, alone and after training text.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace palimpsest::evaluate {

inline constexpr int kZstdBest = 19;
inline constexpr unsigned kXzBest = 9;

/// `zstd -19` with a text it may copy from, which is not counted. Frames without checksum.
class ZstdCoder {
 public:
  /// `known` may be empty and must outlive it.
  explicit ZstdCoder(std::string_view known);
  ~ZstdCoder();
  ZstdCoder(const ZstdCoder&) = delete;
  ZstdCoder& operator=(const ZstdCoder&) = delete;

  std::size_t compressed_bytes(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// `xz -9 --format=raw`: LZMA2 without the container's 60 bytes.
std::size_t xz_bytes(std::string_view text);

/// Bytes that each of `texts` adds to one LZMA2 stream which begins with `known` and has them one after the
/// other, flushed after each; the dictionary holds everything.
std::vector<std::size_t> xz_bytes_after(std::string_view known, const std::vector<std::string_view>& texts);

}  // namespace palimpsest::evaluate
