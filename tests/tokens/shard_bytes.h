// Where the parts of a shard file lie, and patches that leave its checksums right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/hash.h"
#include "common/tokens/byte_buffer.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::test {

/// Offsets of all frames in order (header, data, tables, seek table), and the size of the file behind them.
inline std::vector<std::size_t> frame_offsets(const std::string& file) {
  using namespace tokens;
  const std::string_view footer = std::string_view(file).substr(file.size() - kSeekFooterBytes);
  const auto count = ByteReader(footer, "footer").get<std::uint32_t>();
  const std::size_t seek_table =
      file.size() - kSeekFooterBytes - count * kSeekEntryBytes - kSkippableHeaderBytes;
  ByteReader entries(std::string_view(file).substr(seek_table + kSkippableHeaderBytes), "seek table");
  std::vector<std::size_t> offsets = {0};
  for (std::uint32_t i = 0; i < count; ++i) {
    offsets.push_back(offsets.back() + entries.get<std::uint32_t>());
    entries.take(kSeekEntryBytes - sizeof(std::uint32_t));
  }
  offsets.push_back(file.size());
  return offsets;
}

template <typename T>
void patch(std::string& file, std::size_t offset, T value) {
  std::string bytes;
  tokens::put<T>(bytes, value);
  file.replace(offset, bytes.size(), bytes);
}

/// Makes the checksums of header, tables and seek table right again.
inline void reseal(std::string& file) {
  using namespace tokens;
  const std::vector<std::size_t> offsets = frame_offsets(file);
  const std::size_t tables = offsets[offsets.size() - 3];
  const std::size_t seek_table = offsets[offsets.size() - 2];
  const auto seal = [&](std::size_t begin, std::size_t end) {
    const std::string_view sealed = std::string_view(file).substr(begin, end - begin - kChecksumBytes);
    patch<std::uint64_t>(file, end - kChecksumBytes, base::hash64(sealed));
  };
  constexpr std::size_t kCounts = 4 * sizeof(std::uint32_t);
  patch<std::uint64_t>(file, tables + kSkippableHeaderBytes + kTablesMagic.size() + kCounts,
                       base::hash64(std::string_view(file).substr(seek_table)));
  seal(0, offsets[1]);
  seal(tables, seek_table);
}

}  // namespace palimpsest::test
