// An n-gram coder of tokens: what counting runs of tokens in the training text costs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::evaluate {

/// Interpolated Kneser-Ney (Kneser and Ney 1995; Chen and Goodman 1998, section 2.7) of order kOrder: a
/// distribution over every id that a model may predict. Runs are counted within segments. Memory: 24 to 48
/// bytes a distinct run.
class NgramCoder {
 public:
  static constexpr std::size_t kOrder = 5;

  /// `vocabulary` entries, of which `<|pad|>` and `<|mask|>` are never predicted.
  explicit NgramCoder(std::size_t vocabulary);

  /// Counts one segment.
  void learn(std::span<const tokens::TokenId> ids);

  /// -log p of a segment in nats, each token given those before it.
  double nats(std::span<const tokens::TokenId> ids) const;

  /// p(ids[at] | ids[0..at)).
  double probability(std::span<const tokens::TokenId> ids, std::size_t at) const;

 private:
  /// A run of tokens: how often it was seen (fewer than kOrder tokens: after how many different tokens), and
  /// the same summed over the tokens that follow it.
  struct Run {
    std::uint64_t hash = 0;  ///< 0 = free
    std::uint32_t count = 0;
    std::uint32_t followed = 0;    ///< sum of the counts of the runs one token longer
    std::uint32_t successors = 0;  ///< how many such runs
  };

  Run& find_or_add(std::uint64_t hash);
  const Run* find(std::uint64_t hash) const;
  void grow();
  std::array<double, kOrder + 1> discounts() const;

  std::size_t predictable_;
  std::vector<Run> runs_;  ///< open addressing, a power of two long
  std::size_t used_ = 0;
  std::array<std::uint64_t, kOrder + 1> once_{};   ///< runs of each length with count 1
  std::array<std::uint64_t, kOrder + 1> twice_{};  ///< with count 2
};

}  // namespace palimpsest::evaluate
