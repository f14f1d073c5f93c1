// A bag-of-tokens classifier: what can be told of a segment's family from which tokens it holds, without
// order, attention or depth. Multinomial logistic regression, trained by Adagrad (Duchi et al. 2011) on the
// host.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::evaluate {

/// Which of a segment's tokens a feature counts: a token in the header is another witness than in the text.
enum class BagPart : std::uint8_t { kHeader, kText };

/// Features that are not 0: log(1 + count) of each distinct token of a part, each part scaled to length 1, so
/// that few tokens are as loud as many.
struct TokenBag {
  std::vector<std::uint32_t> features;
  std::vector<float> values;
};

/// Makes bags; special tokens count as nothing.
class BagBuilder {
 public:
  explicit BagBuilder(std::size_t vocabulary);

  void add(BagPart part, tokens::TokenId id);
  /// The bag of what was added since the last one.
  TokenBag take();

 private:
  std::size_t vocabulary_;
  std::vector<std::uint32_t> counts_;  ///< by feature
  std::array<std::vector<std::uint32_t>, 2> seen_;
};

struct ProbeOptions {
  std::size_t epochs = 12;
  double rate = 0.2;     ///< of Adagrad
  double decay = 0.001;  ///< of the weights of an example's features, as part of its gradient
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
  void learn(const TokenBag& bag, std::size_t label, double weight, const ProbeOptions& options);

  std::size_t classes_;
  std::vector<float> weights_;  ///< [feature, the last is the bias][class]
  std::vector<float> squares_;  ///< sums of squared gradients
};

}  // namespace palimpsest::evaluate
