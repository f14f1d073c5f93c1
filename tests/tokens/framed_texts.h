// Texts between the Python checks and our programs: each is its size in bytes (64 bits, little-endian) and
// its bytes.
#pragma once

#include <cstring>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace palimpsest::test {

/// Views into `frames`.
inline std::vector<std::string_view> unframe(std::string_view frames) {
  std::vector<std::string_view> texts;
  while (!frames.empty()) {
    std::uint64_t size = 0;
    if (frames.size() < sizeof size) throw base::Error(base::ErrorCode::kBadData, "frame without a size");
    std::memcpy(&size, frames.data(), sizeof size);
    frames.remove_prefix(sizeof size);
    if (size > frames.size()) throw base::Error(base::ErrorCode::kBadData, "frame without its bytes");
    texts.push_back(frames.substr(0, size));
    frames.remove_prefix(size);
  }
  return texts;
}

}  // namespace palimpsest::test
