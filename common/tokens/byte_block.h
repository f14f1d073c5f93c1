// 64 bytes of text at once: comparisons give one bit a byte, the first byte in the lowest bit.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace palimpsest::tokens {

/// One bit for each byte of a block.
using ByteMask = std::uint64_t;

class ByteBlock {
 public:
  static constexpr std::size_t kBytes = 64;

#ifdef __SSE2__
  explicit ByteBlock(const char* text) {
    for (std::size_t i = 0; i < kParts; ++i) {
      parts_[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text) + i);
    }
  }

  ByteMask equal(char c) const {
    return mask([=](__m128i part) { return _mm_cmpeq_epi8(part, _mm_set1_epi8(c)); });
  }
  /// ASCII characters from `first` to `last`; `folded` also takes those whose bit 0x20 is not set.
  ByteMask in_range(char first, char last) const {
    return in_range(first, last, 0);
  }
  ByteMask in_range_folded(char first, char last) const {
    return in_range(first, last, 0x20);
  }
  ByteMask not_ascii() const {
    return mask([](__m128i part) { return part; });
  }

 private:
  static constexpr std::size_t kParts = kBytes / sizeof(__m128i);

  template <typename Test>
  ByteMask mask(const Test& test) const {
    ByteMask result = 0;
    for (std::size_t i = 0; i < kParts; ++i) {
      const auto bits = static_cast<std::uint16_t>(_mm_movemask_epi8(test(parts_[i])));
      result |= ByteMask{bits} << (i * sizeof(__m128i));
    }
    return result;
  }
  ByteMask in_range(char first, char last, char fold) const {  // other bytes than ASCII are negative
    return mask([=](__m128i part) {
      const __m128i folded = _mm_or_si128(part, _mm_set1_epi8(fold));
      return _mm_and_si128(_mm_cmpgt_epi8(folded, _mm_set1_epi8(static_cast<char>(first - 1))),
                           _mm_cmpgt_epi8(_mm_set1_epi8(static_cast<char>(last + 1)), folded));
    });
  }

  __m128i parts_[kParts];
#else
  explicit ByteBlock(const char* text) : text_(text) {}

  ByteMask equal(char c) const {
    return mask([=](char byte) { return byte == c; });
  }
  ByteMask in_range(char first, char last) const {
    return mask([=](char byte) { return byte >= first && byte <= last; });
  }
  ByteMask in_range_folded(char first, char last) const {
    return mask([=](char byte) { return (byte | 0x20) >= first && (byte | 0x20) <= last; });
  }
  ByteMask not_ascii() const {
    return mask([](char byte) { return (byte & 0x80) != 0; });
  }

 private:
  template <typename Test>
  ByteMask mask(const Test& test) const {
    ByteMask result = 0;
    for (std::size_t i = 0; i < kBytes; ++i) result |= ByteMask{test(text_[i])} << i;
    return result;
  }

  const char* text_;
#endif
};

}  // namespace palimpsest::tokens
