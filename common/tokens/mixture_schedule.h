// Which label each row of a mix has: a function of its number alone, so that any row is found at once.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/tokens/chairman_schedule.h"

namespace palimpsest::tokens {

/// The labels are the leaves of a binary tree. A node passes its n-th row to the left child whenever the left
/// child's share of n, rounded to the nearest integer, grows. All arithmetic is on integers, so a mix whose
/// weights are row counts gives every label exactly its rows after each epoch. The tree is the one with the
/// smallest error bound. That is below 1 for any weights of up to four labels. Where it is not, Tijdeman's
/// schedule takes the tree's place: a ChairmanTable, or a ChairmanWalk when the weights, divided by what they
/// have in common, sum to more than ChairmanTable::kMostRows; the first access to row n then costs O(n).
/// Thread-safe.
class MixtureSchedule {
 public:
  /// Weights need not sum to 1; a label of weight 0 is never drawn. Integers are taken exactly, other numbers
  /// to 52 bits. Throws Error{kBadData} for a weight that is negative or no number, and when all are 0.
  explicit MixtureSchedule(const std::vector<double>& weights);

  struct Slot {
    std::size_t label = 0;
    std::uint64_t number = 0;  ///< how many rows of this label come before
  };

  /// The n-th row, counted from 0; n below 2^62. In a tree it costs its depth, less than the number of
  /// labels.
  Slot at(std::uint64_t n) const;

  /// Rows of each label among the first n.
  std::vector<std::uint64_t> counts_after(std::uint64_t n) const;

  /// |rows of a label among the first n - its share of n| is at most this for every label and n; below 1.
  double error_bound() const { return error_bound_; }

  /// The share of each label that this bound is about: its weight's.
  const std::vector<double>& shares() const { return shares_; }

 private:
  struct Node {
    std::uint64_t weight = 0;
    std::size_t label = 0;  ///< of a leaf
    int left = -1;          ///< -1 in a leaf
    int right = -1;
  };
  struct Part;  // a subtree during construction

  int add_node(int left, int right);
  Part join(const Part& left, const Part& right);
  Part best_tree(std::vector<Part> parts);
  std::uint64_t rows_of_left(const Node& node, std::uint64_t rows) const;
  double largest_error(int node, double inverse_shares) const;
  void use_chairman(const std::vector<std::uint64_t>& weights);

  std::size_t label_count_ = 0;
  std::vector<Node> nodes_;
  int root_ = 0;
  double error_bound_ = 0;
  std::vector<double> shares_;
  std::shared_ptr<const ChairmanSchedule> chairman_;  ///< null when the tree decides
  std::vector<std::size_t> chairman_labels_;          ///< labels of positive weight: those of the schedule
};

/// rows^(1 / temperature): 1 is the natural mix, infinity the balanced one (every label that has rows counts
/// alike). Throws Error{kBadData} when the temperature is not positive.
std::vector<double> temperature_weights(const std::vector<std::uint64_t>& row_counts, double temperature);

}  // namespace palimpsest::tokens
