#include "common/model/routing_stats.h"

#include <cmath>
#include <limits>

namespace palimpsest::model {

double above_chance(double share, std::size_t choices) {
  const double chance = 1.0 / static_cast<double>(choices);
  return (share - chance) / (1 - chance);
}

RoutingCounts::RoutingCounts(std::size_t layers, std::size_t families, std::size_t experts)
    : layers_(layers), families_(families), experts_(experts), counts_(layers * families * experts) {}

std::size_t RoutingCounts::index(std::size_t layer, std::size_t family, std::size_t expert) const {
  return (layer * families_ + family) * experts_ + expert;
}

void RoutingCounts::add(std::size_t layer, std::size_t family, std::size_t expert, std::uint64_t tokens) {
  counts_[index(layer, family, expert)] += tokens;
}

std::uint64_t RoutingCounts::count(std::size_t layer, std::size_t family, std::size_t expert) const {
  return counts_[index(layer, family, expert)];
}

double RoutingCounts::own_share(std::size_t family, std::size_t layer) const {
  if (family >= experts_) return std::numeric_limits<double>::quiet_NaN();
  std::uint64_t all = 0;
  for (std::size_t expert = 0; expert < experts_; ++expert) all += count(layer, family, expert);
  return static_cast<double>(count(layer, family, family)) / static_cast<double>(all);
}

double RoutingCounts::own_share(std::size_t family) const {
  double sum = 0;
  for (std::size_t layer = 0; layer < layers_; ++layer) sum += own_share(family, layer);
  return sum / static_cast<double>(layers_);
}

double RoutingCounts::specialization(std::size_t family) const {
  return above_chance(own_share(family), experts_);
}

double RoutingCounts::specialization(std::size_t family, std::size_t layer) const {
  return above_chance(own_share(family, layer), experts_);
}

double RoutingCounts::mean_specialization() const {
  double sum = 0;
  double families = 0;
  for (std::size_t family = 0; family < families_; ++family) {
    const double score = specialization(family);
    if (std::isnan(score)) continue;
    sum += score;
    families += 1;
  }
  return sum / families;
}

double RoutingCounts::normalized_mutual_information() const {
  double sum = 0;
  for (std::size_t layer = 0; layer < layers_; ++layer) {
    std::vector<double> by_family(families_);
    std::vector<double> by_expert(experts_);
    double all = 0;
    for (std::size_t f = 0; f < families_; ++f) {
      for (std::size_t e = 0; e < experts_; ++e) {
        const auto tokens = static_cast<double>(count(layer, f, e));
        by_family[f] += tokens;
        by_expert[e] += tokens;
        all += tokens;
      }
    }
    double information = 0;
    double entropy = 0;
    for (std::size_t f = 0; f < families_; ++f) {
      if (by_family[f] > 0) entropy -= by_family[f] / all * std::log(by_family[f] / all);
      for (std::size_t e = 0; e < experts_; ++e) {
        const auto joint = static_cast<double>(count(layer, f, e));
        if (joint > 0) information += joint / all * std::log(joint * all / (by_family[f] * by_expert[e]));
      }
    }
    sum += entropy > 0 ? information / entropy : 0;
  }
  return sum / static_cast<double>(layers_);
}

RoutingCounts sum_of(std::span<const RoutingCounts> parts) {
  RoutingCounts sum = parts.front();
  for (const RoutingCounts& part : parts.subspan(1)) {
    for (std::size_t i = 0; i < sum.counts_.size(); ++i) sum.counts_[i] += part.counts_[i];
  }
  return sum;
}

}  // namespace palimpsest::model
