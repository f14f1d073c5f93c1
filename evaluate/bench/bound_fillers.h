// The two rows between which all others lie: nothing filled in, and the very text that was cut out. They show
// what a score of a metric is worth, and whether the tests of a task set run at all.
#pragma once

#include "evaluate/bench/filler.h"

namespace palimpsest::bench {

class EmptyFiller : public Filler {
 public:
  std::string name() const override { return "empty"; }
  Fills fill(const Hole&, std::size_t, std::uint64_t) const override { return {""}; }
};

class CanonicalFiller : public Filler {
 public:
  std::string name() const override { return "canonical"; }
  /// Not to be had from a hole.
  Fills fill(const Hole&, std::size_t, std::uint64_t) const override { return {""}; }
  std::vector<Fills> fill_all(const std::vector<Task>& tasks, std::size_t, std::uint64_t) const override {
    std::vector<Fills> fills;
    for (const Task& task : tasks) fills.push_back({task.canonical});
    return fills;
  }
};

}  // namespace palimpsest::bench
