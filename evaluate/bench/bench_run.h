// Fills tasks and judges the fills.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluate/bench/filler.h"
#include "evaluate/bench/node_sandbox.h"

namespace palimpsest::bench {

struct BenchRunOptions {
  std::size_t candidates = 1;          ///< fills of each hole
  std::vector<std::int64_t> ks = {1};  ///< pass@k, each at most `candidates`
  std::uint64_t seed = 1;
};

/// One task as one filler filled it. Metrics are about the best fill, but for pass@k.
struct Judgement {
  std::string fill;                       ///< the best one, cut at its stop string
  std::map<std::string, double> metrics;  ///< only those that apply to the task
  std::vector<std::string> outcomes;      ///< of the tests, one a fill; empty without tests
};

/// Names of the metrics in the order of tables: exact (but for white space at both ends), exact-raw, edit
/// similarity, CodeBLEU, syntax, then pass@k. CodeBLEU compares the lines that the hole touches, filled:
/// alone, a middle of a few words cannot have the runs of four that it counts.
std::vector<std::string> metric_names(const BenchRunOptions& options);

/// Judgements of all tasks, in order. Tests are run where there is a sandbox; a filler that gave fewer fills
/// than asked for counts as failed in the missing ones. Parallel; the result does not depend on the number of
/// threads, but for tests that are at the limit of their time.
std::vector<Judgement> run_bench(const std::vector<Task>& tasks, const Filler& filler,
                                 const NodeSandbox* sandbox, const BenchRunOptions& options);

}  // namespace palimpsest::bench
