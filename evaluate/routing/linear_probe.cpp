#include "evaluate/routing/linear_probe.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/base/random.h"
#include "common/base/signals.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kOrderStream = 0x70726f6265;  // "probe"
constexpr float kTiny = 1e-8F;

}  // namespace

BagBuilder::BagBuilder(std::size_t vocabulary) : vocabulary_(vocabulary), counts_(2 * vocabulary) {}

void BagBuilder::add(BagPart part, tokens::TokenId id) {
  if (id < tokens::kSpecialCount) return;
  const auto feature = static_cast<std::uint32_t>(part == BagPart::kHeader ? id : vocabulary_ + id);
  if (counts_[feature]++ == 0) seen_[static_cast<std::size_t>(part)].push_back(feature);
}

TokenBag BagBuilder::take() {
  TokenBag bag;
  for (std::vector<std::uint32_t>& part : seen_) {
    double squares = 0;
    for (const std::uint32_t feature : part) {
      const double value = std::log1p(counts_[feature]);
      squares += value * value;
    }
    for (const std::uint32_t feature : part) {
      bag.features.push_back(feature);
      bag.values.push_back(static_cast<float>(std::log1p(counts_[feature]) / std::sqrt(squares)));
      counts_[feature] = 0;
    }
    part.clear();
  }
  return bag;
}

LinearProbe::LinearProbe(std::size_t classes, std::size_t vocabulary)
    : classes_(classes), weights_((2 * vocabulary + 1) * classes), squares_(weights_.size()) {}

std::vector<double> LinearProbe::probabilities(const TokenBag& bag) const {
  std::vector<double> scores(weights_.end() - static_cast<std::ptrdiff_t>(classes_), weights_.end());
  for (std::size_t i = 0; i < bag.features.size(); ++i) {
    const float* row = &weights_[bag.features[i] * classes_];
    for (std::size_t c = 0; c < classes_; ++c) scores[c] += static_cast<double>(bag.values[i] * row[c]);
  }
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - most);
  for (double& score : scores) score /= sum;
  return scores;
}

std::size_t LinearProbe::classify(const TokenBag& bag) const {
  const std::vector<double> p = probabilities(bag);
  return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
}

void LinearProbe::learn(const TokenBag& bag, std::size_t label, double weight, const ProbeOptions& options) {
  std::vector<double> error = probabilities(bag);
  error[label] -= 1;
  const auto update = [&](std::size_t row, float value) {
    for (std::size_t c = 0; c < classes_; ++c) {
      const std::size_t at = row * classes_ + c;
      const float gradient =
          static_cast<float>(weight * error[c]) * value + static_cast<float>(options.decay) * weights_[at];
      squares_[at] += gradient * gradient;
      weights_[at] -= static_cast<float>(options.rate) * gradient / std::sqrt(squares_[at] + kTiny);
    }
  };
  for (std::size_t i = 0; i < bag.features.size(); ++i) update(bag.features[i], bag.values[i]);
  update(weights_.size() / classes_ - 1, 1);
}

void LinearProbe::train(std::span<const std::size_t> labels,
                        const std::function<TokenBag(std::size_t, std::size_t)>& bag_of,
                        const ProbeOptions& options) {
  std::vector<double> weight(classes_);
  for (const std::size_t label : labels) weight[label] += 1;
  for (double& count : weight) {
    if (count > 0) count = static_cast<double>(labels.size()) / static_cast<double>(classes_) / count;
  }
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
    base::throw_if_stopped();
    base::Random random{kOrderStream, options.seed, epoch};
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (const std::size_t example : order) {
      learn(bag_of(example, epoch), labels[example], weight[labels[example]], options);
    }
  }
}

}  // namespace palimpsest::evaluate
