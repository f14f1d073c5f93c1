#include "common/tokens/mixture_schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "common/base/error.h"

namespace palimpsest::tokens {
namespace {

/// Up to this many labels all trees are compared (3^n steps); of more, the lightest are joined first.
constexpr std::size_t kComparedLabels = 10;

/// Up to this many labels the bound of the best tree is below 1, whatever the weights.
constexpr std::size_t kTreeLabels = 4;

/// Integers up to here are exact in a double, and sums and products of counts stay within 128 bits.
constexpr double kLargestWeight = 0x1p52;

std::vector<std::uint64_t> integer_weights(const std::vector<double>& weights) {
  double largest = 0;
  bool integers = true;
  for (const double weight : weights) {
    if (!(weight >= 0) || std::isinf(weight)) {
      throw base::Error(base::ErrorCode::kBadData, "bad mixture weight",
                        {.got = std::to_string(weight), .expected = "0 or more"});
    }
    largest = std::max(largest, weight);
    integers = integers && weight == std::floor(weight);
  }
  if (largest == 0) throw base::Error(base::ErrorCode::kBadData, "no rows to draw from: all weights are 0");
  integers = integers && largest <= kLargestWeight;
  std::vector<std::uint64_t> result;
  for (const double weight : weights) {
    const double scaled = integers ? weight : std::round(weight / largest * kLargestWeight);
    result.push_back(weight > 0 ? std::max<std::uint64_t>(1, static_cast<std::uint64_t>(scaled)) : 0);
  }
  return result;
}

}  // namespace

// A leaf of share w below inner nodes of shares w1 < w2 < ... < 1 (the root's children last) is off by at
// most (1 + w / w1 + w / w2 + ...) / 2: each split rounds by at most a half, and hands on its share of what
// is above. That is below 1 if 1 / w1 + 1 / w2 + ... < 1 / w; `slack` is what a subtree still allows above
// it.
struct MixtureSchedule::Part {
  int node = -1;
  double slack = 0;
};

MixtureSchedule::MixtureSchedule(const std::vector<double>& weights) : label_count_(weights.size()) {
  std::vector<Part> parts;
  const std::vector<std::uint64_t> integers = integer_weights(weights);
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (integers[label] == 0) continue;
    parts.push_back({static_cast<int>(nodes_.size()), 1 / static_cast<double>(integers[label])});
    nodes_.push_back({.weight = integers[label], .label = label});
  }
  while (parts.size() > kComparedLabels) {
    std::sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
      return std::pair(nodes_[a.node].weight, a.node) > std::pair(nodes_[b.node].weight, b.node);
    });
    const Part joined = join(parts[parts.size() - 2], parts.back());
    parts.resize(parts.size() - 2);
    parts.push_back(joined);
  }
  root_ = best_tree(std::move(parts)).node;
  error_bound_ = nodes_[root_].left < 0 ? 0 : largest_error(root_, 0);
  const auto sum = static_cast<double>(nodes_[root_].weight);
  for (const std::uint64_t weight : integers) shares_.push_back(static_cast<double>(weight) / sum);
  if (weights.size() > kTreeLabels && error_bound_ >= 1) use_chairman(integers);
}

void MixtureSchedule::use_chairman(const std::vector<std::uint64_t>& weights) {
  std::vector<std::uint64_t> rows;
  std::vector<std::size_t> labels;
  std::uint64_t divisor = 0;
  for (std::size_t label = 0; label < weights.size(); ++label) {
    if (weights[label] == 0) continue;
    divisor = std::gcd(divisor, weights[label]);
    rows.push_back(weights[label]);
    labels.push_back(label);
  }
  for (std::uint64_t& weight : rows) weight /= divisor;
  error_bound_ = ChairmanSchedule::error_bound(rows.size());
  if (nodes_[root_].weight / divisor <= ChairmanTable::kMostRows) {
    chairman_ = std::make_shared<const ChairmanTable>(std::move(rows));
  } else {
    chairman_ = std::make_shared<const ChairmanWalk>(std::move(rows));
  }
  chairman_labels_ = std::move(labels);
}

int MixtureSchedule::add_node(int left, int right) {
  nodes_.push_back({.weight = nodes_[left].weight + nodes_[right].weight, .left = left, .right = right});
  return static_cast<int>(nodes_.size()) - 1;
}

MixtureSchedule::Part MixtureSchedule::join(const Part& left, const Part& right) {
  const int node = add_node(left.node, right.node);
  return {node, std::min(left.slack, right.slack) - 1 / static_cast<double>(nodes_[node].weight)};
}

/// Dynamic programme over all subsets of the parts: the split that leaves most slack.
MixtureSchedule::Part MixtureSchedule::best_tree(std::vector<Part> parts) {
  const std::size_t all = (std::size_t{1} << parts.size()) - 1;
  std::vector<double> weight(all + 1);
  std::vector<double> slack(all + 1, -std::numeric_limits<double>::infinity());
  std::vector<std::size_t> left(all + 1);
  for (std::size_t set = 1; set <= all; ++set) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (set >> i & 1) weight[set] += static_cast<double>(nodes_[parts[i].node].weight);
      if (set == std::size_t{1} << i) slack[set] = parts[i].slack;
    }
    const std::size_t lowest = set & -set;
    if (set == lowest) continue;
    for (std::size_t part = (set - 1) & set; part != 0; part = (part - 1) & set) {
      if ((part & lowest) == 0) continue;  // its complement was or will be tried
      const double both = std::min(slack[part], slack[set ^ part]) - 1 / weight[set];
      if (both > slack[set]) {
        slack[set] = both;
        left[set] = part;
      }
    }
  }
  const auto build = [&](const auto& self, std::size_t set) -> Part {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (set == std::size_t{1} << i) return parts[i];
    }
    const Part first = self(self, left[set]);
    const Part second = self(self, set ^ left[set]);
    return join(first, second);
  };
  return build(build, all);
}

double MixtureSchedule::largest_error(int node, double inverse_shares) const {
  const Node& here = nodes_[node];
  if (here.left < 0) return (1 + static_cast<double>(here.weight) * inverse_shares) / 2;
  if (node != root_) inverse_shares += 1 / static_cast<double>(here.weight);
  return std::max(largest_error(here.left, inverse_shares), largest_error(here.right, inverse_shares));
}

std::uint64_t MixtureSchedule::rows_of_left(const Node& node, std::uint64_t rows) const {
  __extension__ using Wide = unsigned __int128;
  const Wide twice = Wide{rows} * nodes_[node.left].weight * 2;
  return static_cast<std::uint64_t>((twice + node.weight) / (Wide{node.weight} * 2));
}

MixtureSchedule::Slot MixtureSchedule::at(std::uint64_t n) const {
  if (chairman_) {
    const ChairmanSchedule::Slot slot = chairman_->at(n);
    return {chairman_labels_[slot.label], slot.number};
  }
  int node = root_;
  while (nodes_[node].left >= 0) {
    const std::uint64_t left = rows_of_left(nodes_[node], n);
    const bool goes_left = rows_of_left(nodes_[node], n + 1) > left;
    n = goes_left ? left : n - left;
    node = goes_left ? nodes_[node].left : nodes_[node].right;
  }
  return {nodes_[node].label, n};
}

std::vector<std::uint64_t> MixtureSchedule::counts_after(std::uint64_t n) const {
  std::vector<std::uint64_t> counts(label_count_);
  if (chairman_) {
    const std::vector<std::uint64_t> rows = chairman_->counts_after(n);
    for (std::size_t i = 0; i < rows.size(); ++i) counts[chairman_labels_[i]] = rows[i];
    return counts;
  }
  std::vector<std::pair<int, std::uint64_t>> todo = {{root_, n}};
  while (!todo.empty()) {
    const auto [node, rows] = todo.back();
    todo.pop_back();
    if (nodes_[node].left < 0) {
      counts[nodes_[node].label] = rows;
      continue;
    }
    const std::uint64_t left = rows_of_left(nodes_[node], rows);
    todo.emplace_back(nodes_[node].left, left);
    todo.emplace_back(nodes_[node].right, rows - left);
  }
  return counts;
}

std::vector<double> temperature_weights(const std::vector<std::uint64_t>& row_counts, double temperature) {
  if (!(temperature > 0)) {
    throw base::Error(base::ErrorCode::kBadData, "bad mixture temperature",
                      {.got = std::to_string(temperature), .expected = "more than 0"});
  }
  std::vector<double> weights;
  for (const std::uint64_t rows : row_counts) {
    weights.push_back(rows == 0 ? 0 : std::pow(static_cast<double>(rows), 1 / temperature));
  }
  return weights;
}

}  // namespace palimpsest::tokens
