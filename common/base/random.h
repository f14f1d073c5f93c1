// Reproducible random numbers: the same on every platform and for any number of threads.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace palimpsest::base {

/// SplitMix64 finaliser (Steele, Lea, Flood 2014): a bijective mix of 64 bits.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// A SplitMix64 stream named by a key such as {seed, step, segment}. Because the key alone decides the
/// stream, there is no generator state to save: resuming at a step replays exactly that step's numbers.
class Random {
 public:
  explicit Random(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t part : key) state_ = mix64(state_ ^ mix64(part + kGolden)) + kGolden;
  }

  std::uint64_t next() { return mix64(state_ += kGolden); }

  /// Uniform in [0, bound), bound > 0; unbiased (Lemire 2019).
  std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = -bound % bound;
      while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(next()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  std::uint64_t state_ = 0;
};

}  // namespace palimpsest::base
