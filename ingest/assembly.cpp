#include "ingest/assembly.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <spdlog/spdlog.h>
#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/io/file.h"

namespace palimpsest::ingest {
namespace {

std::vector<Fingerprint> fingerprints_of(const std::vector<io::Document>& documents, bool with_shingles) {
  std::vector<Fingerprint> fingerprints(documents.size());
  tbb::parallel_for(std::size_t{0}, documents.size(), [&](std::size_t i) {
    base::throw_if_stopped();
    fingerprints[i] = exact_fingerprint(documents[i].text);
    if (with_shingles) add_shingles(documents[i].text, fingerprints[i]);
  });
  return fingerprints;
}

/// Moves what repeats earlier documents, of this source or another, to the skips. `source` names them.
void drop_duplicates(SourceDocuments& content, const std::string& source, DuplicateIndex& index) {
  std::vector<Fingerprint> fingerprints = fingerprints_of(content.documents, index.threshold() > 0);
  std::vector<io::Document> kept;
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    io::Document& document = content.documents[i];
    const std::string name = source + ":" + document.path;
    std::optional<Duplicate> duplicate = index.add_exact(name, fingerprints[i]);
    if (!duplicate) duplicate = index.add_near(name, std::move(fingerprints[i]));
    if (duplicate) {
      content.skips.push_back({document.path, std::move(duplicate->reason), document.text.size(),
                               std::move(duplicate->survivor), duplicate->similarity});
    } else {
      kept.push_back(std::move(document));
    }
  }
  content.documents = std::move(kept);
  std::stable_sort(content.skips.begin(), content.skips.end(),
                   [](const Skip& a, const Skip& b) { return a.path < b.path; });
}

}  // namespace

Assembly::Assembly(const io::OutputDirectory& output, std::vector<std::string> labels, double near_duplicates)
    : output_(output), writer_(output), duplicates_(near_duplicates), report_(std::move(labels)) {}

void Assembly::add(SourceResult result) {
  if (!result.error.empty()) return report_.add_failed(result.source, result.error);
  drop_duplicates(result.content, result.source, duplicates_);
  for (const FileSecrets& file : result.content.secrets)
    secrets_.add(result.source + ":" + file.path, file.secrets);
  writer_.write(result.content.documents);
  report_.add(result);
  if (result.content.documents.empty()) spdlog::warn("{}: nothing new and usable in it", result.source);
}

io::Json Assembly::finish() {
  writer_.finish();
  const io::Json counts = report_.counts();
  if (report_.total().files == 0) {
    throw base::Error(base::ErrorCode::kBadData, "no usable TypeScript in any source",
                      {.got = "skipped files: " + counts.at("skips").dump()});
  }
  io::Json full = report_.full();
  full["secrets"] = secrets_.counts();
  io::write_json(output_.partial_path("report.json"), full);
  io::write_file_atomically(output_.partial_path("skipped.jsonl"), report_.skipped_lines());
  io::write_file_atomically(output_.partial_path("duplicates.jsonl"), duplicates_.cluster_lines());
  io::write_file_atomically(output_.partial_path("secrets.jsonl"), secrets_.lines());
  return counts;
}

}  // namespace palimpsest::ingest
