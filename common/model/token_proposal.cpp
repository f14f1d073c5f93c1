#include "common/model/token_proposal.h"

#include <cmath>
#include <limits>

#include "common/base/error.h"

namespace palimpsest::model {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
/// A token this much less probable than the best adds less than 1e-13 to sums over any vocabulary.
constexpr double kNegligible = -40;

/// The log-probabilities of allowed tokens; -infinity elsewhere.
struct Allowed {
  std::span<const float> log_probabilities;
  const TokenMask& mask;
  std::int64_t without;

  float operator[](std::size_t id) const {
    return mask[id] != 0 && static_cast<std::int64_t>(id) != without ? log_probabilities[id] : kNever;
  }
};

/// Index of the first whose cumulated exp((x - best) / temperature) exceeds uniform * total.
std::size_t draw(const Allowed& allowed, double best, double temperature, double uniform) {
  const auto mass = [&](std::size_t id) {
    const double x = (static_cast<double>(allowed[id]) - best) / temperature;
    return x < kNegligible ? 0 : std::exp(x);
  };
  double total = 0;
  for (std::size_t id = 0; id < allowed.mask.size(); ++id) total += mass(id);
  double left = uniform * total;
  std::size_t last = 0;
  for (std::size_t id = 0; id < allowed.mask.size(); ++id) {
    const double m = mass(id);
    if (m == 0) continue;
    last = id;
    left -= m;
    if (left < 0) break;
  }
  return last;
}

}  // namespace

TokenProposal propose_token(std::span<const float> log_probabilities, const TokenMask& allowed_mask,
                            std::int64_t without, double temperature, base::Random random) {
  const Allowed allowed{log_probabilities, allowed_mask, without};
  float best = kNever;
  float second = kNever;
  std::size_t best_id = 0;
  for (std::size_t id = 0; id < allowed_mask.size(); ++id) {
    const float value = allowed[id];
    if (value <= second) continue;
    if (value > best) {
      second = best;
      best = value;
      best_id = id;
    } else {
      second = value;
    }
  }
  if (best == kNever) {
    throw base::Error(base::ErrorCode::kBug, "no token is allowed at a masked position", {});
  }
  double total = 0;
  double weighted = 0;  // sum of exp(x) x, x = log-probability less the best
  for (std::size_t id = 0; id < allowed_mask.size(); ++id) {
    const double x = static_cast<double>(allowed[id]) - static_cast<double>(best);
    if (x < kNegligible) continue;
    const double mass = std::exp(x);
    total += mass;
    weighted += mass * x;
  }
  TokenProposal proposal{.entropy = std::log(total) - weighted / total};
  const double lead = static_cast<double>(second) - static_cast<double>(best);
  proposal.margin = (1 - std::exp(lead)) / total;
  const std::size_t id = temperature > 0 ? draw(allowed, best, temperature, random.uniform()) : best_id;
  proposal.id = static_cast<tokens::TokenId>(id);
  proposal.confidence = std::exp(static_cast<double>(allowed[id]) - static_cast<double>(best)) / total;
  return proposal;
}

}  // namespace palimpsest::model
