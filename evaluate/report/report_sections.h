// The sections of the report. Each is empty when no run has its data; each shows one run, or several side by
// side.
#pragma once

#include <string>
#include <vector>

#include "evaluate/report/chart.h"
#include "evaluate/report/markup.h"
#include "evaluate/report/report_run.h"

namespace palimpsest::evaluate {

using Runs = std::vector<ReportRun>;

/// Output of `evaluate infill --format json`, to be shown beside the holes of the scores.
struct InfillFile {
  std::string name;
  io::Json json;
};

/// Key numbers of each run, and in a comparison their differences to the first.
Markup summary_section(const Runs& runs);

/// Bits per byte per family with intervals and baselines, by mask ratio, by repository.
Markup score_section(const Runs& runs, ChartSet& charts);

/// Curves over the training steps.
Markup training_section(const Runs& runs, ChartSet& charts);

/// Which expert serves whom, by layer; specialization by mask ratio.
Markup routing_section(const Runs& runs, ChartSet& charts);

/// Every family with every expert forced, and what the own expert saves.
Markup forced_section(const Runs& runs);

/// The router beside a probe that sees the same, chance, and the forced experts with intervals.
Markup probe_section(const Runs& runs);

/// Holes the models filled, token by token.
Markup infill_section(const Runs& runs, const std::vector<InfillFile>& files);

Markup corpus_section(const Runs& runs);
Markup tokenizer_section(const Runs& runs);

/// Parameters, model, recipe, options, digests; in a comparison what differs first.
Markup facts_section(const Runs& runs);

// Shared by the sections.

/// `<section id><h2>title</h2><p>standfirst</p>body</section>`; empty when `body` is.
Markup section(const std::string& id, const std::string& title, const std::string& standfirst,
               const Markup& body);

/// `body(run)` of each run that has one, side by side under the runs' names; without the name when there is
/// one run.
template <typename Body>
Markup side_by_side(const Runs& runs, Body body) {
  Markup columns;
  for (const ReportRun& run : runs) {
    const Markup part = body(run);
    if (part.empty()) continue;
    const Markup heading = runs.size() > 1 ? element("h3", {{"class", "run"}}, text(run.name)) : Markup();
    columns += element("div", {{"class", "column"}}, heading + part);
  }
  return columns.empty() ? columns : element("div", {{"class", "columns"}}, columns);
}

}  // namespace palimpsest::evaluate
