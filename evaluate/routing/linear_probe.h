// A bag-of-tokens classifier: what can be told of a segment's family from which tokens it holds, without
// order, attention or depth. Multinomial logistic regression, trained by Adagrad (Duchi et al. 2011) on the
// host.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::evaluate {

/// Distinct tokens of a text and their features log(1 + count), scaled to length 1, so that a bag of few
/// tokens is as loud as one of many.
struct TokenBag {
  std::vector<tokens::TokenId> ids;
  std::vector<float> values;
};

/// Makes bags; special tokens count as nothing.
class BagBuilder {
 public:
  explicit BagBuilder(std::size_t vocabulary) : counts_(vocabulary) {}

  void add(tokens::TokenId id);
  /// The bag of what was added since the last one.
  TokenBag take();

 private:
  std::vector<std::uint32_t> counts_;
  std::vector<tokens::TokenId> seen_;
};

struct ProbeOptions {
  std::size_t epochs = 12;
  double rate = 0.5;
  std::uint64_t seed = 1;
};

class LinearProbe {
 public:
  LinearProbe(std::size_t classes, std::size_t vocabulary);

  /// One pass over the examples an epoch, in an order drawn from the seed. `bag_of(example, epoch)` may show
  /// other tokens each time. Classes weigh the same in all, however many examples they have. Throws
  /// Interrupted after a stop signal.
  void train(std::span<const std::size_t> labels,
             const std::function<TokenBag(std::size_t example, std::size_t epoch)>& bag_of,
             const ProbeOptions& options);

  /// [class], of sum 1.
  std::vector<double> probabilities(const TokenBag& bag) const;
  /// The most probable class; the first of equals.
  std::size_t classify(const TokenBag& bag) const;

 private:
  void learn(const TokenBag& bag, std::size_t label, double weight, double rate);

  std::size_t classes_;
  std::vector<float> weights_;  ///< [token, the last is the bias][class]
  std::vector<float> squares_;  ///< sums of squared gradients
};

}  // namespace palimpsest::evaluate
