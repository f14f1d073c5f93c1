// Little-endian numbers in byte strings. The reader checks every access.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/error.h"

namespace palimpsest::tokens {

/// Appends the low `sizeof(T)` bytes of an unsigned number, least significant first.
template <typename T>
void put(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff);
  }
}

/// Reads forward; running past the end throws Error{kBadData} that names `where` and the offset.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

  std::string_view take(std::size_t size) {
    if (size > remaining()) {
      throw base::Error(base::ErrorCode::kBadData, "damaged shard: a field runs past its frame",
                        {.where = where_ + "@" + std::to_string(at_)});
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  template <typename T>
  T get() {
    std::uint64_t value = 0;
    const std::string_view bytes = take(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
    }
    return static_cast<T>(value);
  }

  std::size_t remaining() const { return bytes_.size() - at_; }
  const std::string& where() const { return where_; }

 private:
  std::string_view bytes_;
  std::string where_;
  std::size_t at_ = 0;
};

}  // namespace palimpsest::tokens
