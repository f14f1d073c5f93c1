// Results of a benchmark as JSON and as a table.
#pragma once

#include <string>
#include <vector>

#include "common/io/json.h"
#include "evaluate/bench/bench_run.h"

namespace palimpsest::bench {

inline constexpr const char* kBenchResultName = "result.json";
inline constexpr const char* kBenchFillsName = "fills.jsonl";
inline constexpr const char* kBenchTableName = "table.txt";

/// The result of one filler: {"name", "groups": [{"family", "kind", "tasks", "metrics": {NAME: {"mean",
/// "low", "high", "tasks"}}}]}. Groups are all tasks together ("family": "all"), each family, and each kind
/// in a family that has several. Intervals are bootstrapped over clusters.
io::Json summarize(const Filler& filler, const std::vector<Task>& tasks,
                   const std::vector<Judgement>& judgements, const BenchRunOptions& options);

/// One line of the fills file: {"id", "filler", "fill", "metrics", "outcomes"}.
std::string fill_line(const Filler& filler, const Task& task, const Judgement& judgement);

/// Percentages with half the width of their interval, one line a filler and family; `-` for what does not
/// apply.
std::string bench_table(const io::Json& result);

}  // namespace palimpsest::bench
