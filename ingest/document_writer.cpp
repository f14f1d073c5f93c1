#include "ingest/document_writer.h"

#include <algorithm>

#include <tbb/parallel_for.h>

#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

// Documents rendered at a time: enough for all threads, few enough to keep the JSON in flight small.
constexpr std::size_t kBatch = 64;

}  // namespace

DocumentWriter::DocumentWriter(const io::OutputDirectory& directory, std::uint64_t part_text_bytes)
    : directory_(directory), part_text_bytes_(part_text_bytes) {}

void DocumentWriter::append(const std::string& line, std::uint64_t text_bytes) {
  if (part_ && bytes_in_part_ + text_bytes > part_text_bytes_) {
    part_->finish();
    part_.reset();
  }
  if (!part_) {
    part_.emplace(directory_.partial_path(io::document_part_name(parts_++)));
    bytes_in_part_ = 0;
  }
  bytes_in_part_ += text_bytes;
  part_->write(line);
}

void DocumentWriter::write(const std::vector<io::Document>& documents) {
  std::vector<std::string> lines;
  for (std::size_t first = 0; first < documents.size(); first += kBatch) {
    base::throw_if_stopped();
    lines.assign(std::min(kBatch, documents.size() - first), {});
    tbb::parallel_for(std::size_t{0}, lines.size(),
                      [&](std::size_t i) { lines[i] = io::to_json_line(documents[first + i]) + "\n"; });
    for (std::size_t i = 0; i < lines.size(); ++i) append(lines[i], documents[first + i].text.size());
  }
}

void DocumentWriter::finish() {
  if (parts_ == 0) append("", 0);
  if (part_) part_->finish();
  part_.reset();
}

}  // namespace palimpsest::ingest
