#include "common/tokens/unicode_class.h"

#include <array>
#include <map>
#include <vector>

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kBlock = 256;
constexpr char32_t kPointLimit = 0x110000;

constexpr std::uint32_t kRuns[] = {
#include "common/tokens/unicode_runs.inc"
};

/// Two levels: the block of a code point, then its class; equal blocks are shared.
class ClassTable {
 public:
  ClassTable() {
    std::map<std::array<CharClass, kBlock>, std::uint8_t> known;
    std::array<CharClass, kBlock> block{};
    std::size_t run = 0;
    for (char32_t point = 0; point < kPointLimit; ++point) {
      while (run + 1 < std::size(kRuns) && kRuns[run + 1] >> 3 <= point) ++run;
      block[point % kBlock] = static_cast<CharClass>(kRuns[run] & 7);
      if (point % kBlock + 1 < kBlock) continue;
      const auto [entry, is_new] = known.emplace(block, static_cast<std::uint8_t>(known.size()));
      if (is_new) classes_.insert(classes_.end(), block.begin(), block.end());
      block_of_[point / kBlock] = entry->second;
    }
  }

  CharClass operator[](char32_t point) const {
    return classes_[block_of_[point / kBlock] * kBlock + point % kBlock];
  }

 private:
  std::array<std::uint8_t, kPointLimit / kBlock> block_of_{};
  std::vector<CharClass> classes_;
};

}  // namespace

CharClass class_of(char32_t point) {
  static const ClassTable table;
  return table[point];
}

CharClass class_at(std::string_view text, std::size_t at, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
  const char32_t first = byte(0);
  if (first < 0x80) {
    size = 1;
    return class_of(first);
  }
  const auto rest = [&](std::size_t i) { return static_cast<char32_t>(byte(i) & 0x3f); };
  if (first < 0xe0) {
    size = 2;
    return class_of((first & 0x1f) << 6 | rest(1));
  }
  if (first < 0xf0) {
    size = 3;
    return class_of((first & 0x0f) << 12 | rest(1) << 6 | rest(2));
  }
  size = 4;
  return class_of((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3));
}

}  // namespace palimpsest::tokens
