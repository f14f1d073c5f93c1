#include "ingest/assembly.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::ingest {

Assembly::Assembly(const io::OutputDirectory& output, std::vector<std::string> labels)
    : output_(output), writer_(output), report_(std::move(labels)) {}

void Assembly::add(SourceResult result) {
  if (!result.error.empty()) return report_.add_failed(result.source, result.error);
  drop_duplicates(result.content, result.source, seen_);
  writer_.write(result.content.documents);
  report_.add(result);
  if (result.content.documents.empty()) spdlog::warn("{}: nothing new and usable in it", result.source);
}

io::Json Assembly::finish() {
  writer_.finish();
  io::Json counts = report_.counts();
  if (report_.total().files == 0) {
    throw base::Error(base::ErrorCode::kBadData, "no usable TypeScript in any source",
                      {.got = "skipped files: " + counts.at("skips").dump()});
  }
  io::write_json(output_.partial_path("report.json"), report_.full());
  io::write_file_atomically(output_.partial_path("skipped.jsonl"), report_.skipped_lines());
  return counts;
}

}  // namespace palimpsest::ingest
