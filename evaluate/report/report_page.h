// The HTML report: one self-contained file, no network, nothing that a data file says can run.
#pragma once

#include <string>
#include <vector>

#include "evaluate/report/report_sections.h"

namespace palimpsest::evaluate {

/// What every page contains near its top, by which an older report is known.
inline constexpr const char* kReportMark = "<meta name=\"generator\" content=\"palimpsest evaluate report\">";

/// The whole page, UTF-8. Equal runs give equal bytes. `runs` has at least one and at most kMostRuns.
std::string report_page(const Runs& runs, const std::vector<InfillFile>& infill_files);

/// As many as the palette has colours.
inline constexpr std::size_t kMostRuns = 8;

}  // namespace palimpsest::evaluate
