// One task's share of a run: how its output directory looks and how it names the run that it belongs to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/io/manifest.h"
#include "ingest/ingest_options.h"
#include "ingest/source_spec.h"

namespace palimpsest::ingest {

/// The stage name in the manifest of a task's part: no other stage takes it for documents.
inline constexpr const char* kTaskStage = "ingest task";

/// `source-00012.jsonl.zst`: the result of source number `index` of the whole run.
std::string task_file_name(std::size_t index);

/// Turns the plan of a run (without sources) into that of the task which options name.
io::Manifest task_plan(io::Manifest run, const std::vector<SourceSpec>& specs, const IngestOptions& options);

}  // namespace palimpsest::ingest
