#include "ingest/non_white.h"

#include <algorithm>

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kBlockBytes = 64;

/// Without branches, so that compilers use vector instructions.
std::uint8_t counts(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  const bool continues = (byte & 0xC0U) == 0x80U;
  const bool is_white = byte == ' ' || static_cast<std::uint8_t>(byte - '\t') <= '\r' - '\t';
  return static_cast<std::uint8_t>(!continues & !is_white);
}

std::uint32_t count_block(const char* block) {
  std::uint8_t sum = 0;
  for (std::size_t i = 0; i < kBlockBytes; ++i) sum = static_cast<std::uint8_t>(sum + counts(block[i]));
  return sum;
}

std::uint32_t count_each(std::string_view text) {
  std::uint32_t sum = 0;
  for (const char c : text) sum += counts(c);
  return sum;
}

}  // namespace

NonWhiteIndex::NonWhiteIndex(std::string_view text) : text_(text), blocks_{0} {
  blocks_.reserve(text.size() / kBlockBytes + 1);
  for (std::size_t end = kBlockBytes; end <= text.size(); end += kBlockBytes) {
    blocks_.push_back(blocks_.back() + count_block(text.data() + end - kBlockBytes));
  }
}

std::uint32_t NonWhiteIndex::before(std::size_t end) const {
  const std::size_t block = end / kBlockBytes;
  return blocks_[block] + count_each(text_.substr(block * kBlockBytes, end % kBlockBytes));
}

std::size_t NonWhiteIndex::reach(std::size_t begin, std::uint32_t budget) const {
  const std::uint64_t most = std::uint64_t{before(begin)} + budget;
  const auto beyond = std::upper_bound(blocks_.begin(), blocks_.end(), most);
  const auto block = static_cast<std::size_t>(beyond - blocks_.begin()) - 1;
  std::uint64_t found = blocks_[block];
  std::size_t end = block * kBlockBytes;
  while (end < text_.size() && found + counts(text_[end]) <= most) found += counts(text_[end++]);
  return end;
}

}  // namespace palimpsest::ingest
