// Which tokens may stand side by side in an encoding, and what each token is made of.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/tokens/bpe_merge.h"
#include "common/tokens/vocabulary.h"

namespace palimpsest::tokens {

/// BPE by rank is local: a sequence of tokens is the encoding of its bytes if and only if every two
/// neighbours are the encoding of theirs (Berglund and van der Merwe 2023, arXiv 2309.08715). This holds for
/// *ordered* merges: each token has one merge, which comes after the merges of its parts. Thread-safe.
class TokenPairs {
 public:
  /// Whether the merges are ordered; the class may be used only then.
  static bool are_ordered(const Vocabulary& vocabulary);

  /// `merges` must outlive this.
  TokenPairs(const Vocabulary& vocabulary, const MergeTable& merges);

  /// Whether `left` and `right`, each the encoding of its own bytes, are that of their joined bytes.
  bool may_adjoin(TokenId left, TokenId right) const {
    const Marks& a = marks_[left];
    const Marks& b = marks_[right];
    // Nearly all pairs end here: no part of one has a merge with a part of the other.
    if ((a.wanted_right & b.parts_left) == 0 || (b.wanted_left & a.parts_right) == 0) return true;
    const std::uint32_t key = (std::uint32_t{left} << 16 | right) * kMultiplier;  // invertible
    std::atomic<std::uint32_t>& entry = cache_[key >> kTagBits];
    const std::uint32_t tag = (key & kTagMask) << 2 | kPresent;
    const std::uint32_t known = entry.load(std::memory_order_relaxed);
    if ((known & ~kAdjoin) == tag) return (known & kAdjoin) != 0;
    const bool result = compute(left, right);
    entry.store(tag | (result ? kAdjoin : 0), std::memory_order_relaxed);
    return result;
  }

  /// The same without the cache.
  bool compute(TokenId left, TokenId right) const;

 private:
  static constexpr std::uint32_t kMultiplier = 0x9e3779b1;
  static constexpr int kTagBits = 16;
  static constexpr std::uint32_t kTagMask = (1U << kTagBits) - 1;
  static constexpr std::uint32_t kAdjoin = 1;
  static constexpr std::uint32_t kPresent = 2;

  struct Made {
    std::uint32_t order = 0;  ///< 1 + rank of the merge that makes the token; 0 for bytes and specials
    TokenId left = 0;
    TokenId right = 0;
  };

  /// Sets of tokens, a hash of each as one bit; 32 bytes, half a cache line.
  struct Marks {
    std::uint64_t parts_left = 0;    ///< what the token's left edge is while it is made
    std::uint64_t parts_right = 0;   ///< the same of its right edge
    std::uint64_t wanted_left = 0;   ///< what would merge with the left edge in time
    std::uint64_t wanted_right = 0;  ///< what would merge with the right edge in time
  };
  static std::uint64_t mark(TokenId id) { return std::uint64_t{1} << (id * kMultiplier >> 26); }

  const MergeTable* merges_;
  std::vector<Marks> marks_;
  std::vector<Made> made_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> cache_;  ///< answers by hash; a lost one is computed again
};

}  // namespace palimpsest::tokens
