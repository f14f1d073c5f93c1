// The one interface by which the benchmark meets a model or a baseline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/bench/bench_task.h"

namespace palimpsest::bench {

/// Fills for one hole, best first: at least one, at most as many as asked for; an empty text is a fill too.
using Fills = std::vector<std::string>;

/// Equal holes, candidates and seeds give equal fills, whatever the number of threads.
class Filler {
 public:
  virtual ~Filler() = default;

  /// Names the row of the table, e.g. "ngram".
  virtual std::string name() const = 0;

  /// `candidates` >= 1. Called by several threads at once, unless fill_all() is overridden.
  virtual Fills fill(const Hole& hole, std::size_t candidates, std::uint64_t seed) const = 0;

  /// Fills for every task, in order; looks at the holes only. By default calls fill() in parallel with the
  /// seed mixed with the hole's id; a model that works in batches overrides it. Throws Interrupted.
  virtual std::vector<Fills> fill_all(const std::vector<Task>& tasks, std::size_t candidates,
                                      std::uint64_t seed) const;
};

}  // namespace palimpsest::bench
