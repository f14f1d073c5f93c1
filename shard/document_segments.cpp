#include "shard/document_segments.h"

#include <algorithm>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/io/document.h"
#include "common/io/manifest.h"

namespace palimpsest::shard {
namespace {

constexpr std::size_t kBatchDocuments = 256;

class Cutter {
 public:
  Cutter(const tokens::RepositorySplit& split, const Segmenter& segmenter, DocumentSegments& result)
      : split_(split), segmenter_(segmenter), result_(result) {
    for (auto& labels : result_.by_split) labels.resize(result_.labels.size());
  }

  void add(io::Document&& document) {
    batch_.push_back(std::move(document));
    if (batch_.size() == kBatchDocuments) cut_batch();
  }

  void cut_batch() {
    base::throw_if_stopped();
    std::vector<std::vector<Segment>> segments(batch_.size());
    tbb::parallel_for(std::size_t{0}, batch_.size(),
                      [&](std::size_t i) { segments[i] = segmenter_.cut(batch_[i]); });
    for (std::size_t i = 0; i < batch_.size(); ++i) keep(batch_[i], std::move(segments[i]));
    progress_.add(batch_.size());
    batch_.clear();
  }

 private:
  void keep(io::Document& document, std::vector<Segment>&& segments) {
    auto& split = result_.by_split[static_cast<std::size_t>(split_.of(document.repo))];
    const std::size_t number = result_.origins.size();
    for (Segment& segment : segments) {
      const auto label = std::find(result_.labels.begin(), result_.labels.end(), segment.label);
      if (label == result_.labels.end()) {
        throw base::Error(base::ErrorCode::kBadData, "label outside the label table of the documents",
                          {.got = segment.label, .where = document.repo + ":" + document.path});
      }
      split[static_cast<std::size_t>(label - result_.labels.begin())].push_back({std::move(segment), number});
    }
    result_.origins.push_back({std::move(document.id), std::move(document.repo), std::move(document.path)});
  }

  const tokens::RepositorySplit& split_;
  const Segmenter& segmenter_;
  DocumentSegments& result_;
  std::vector<io::Document> batch_;
  base::Progress progress_{"encode", 0, "documents"};
};

}  // namespace

std::vector<std::string> label_table(const std::filesystem::path& documents,
                                     const tokens::RepositorySplit& split) {
  const io::Manifest manifest = io::read_manifest(documents, io::kDocumentsStage);
  if (const auto found = manifest.counts.find("labels");
      found != manifest.counts.end() && found->is_array()) {
    return io::require<std::vector<std::string>>(manifest.counts, "labels", documents / io::kManifestName);
  }
  std::vector<std::string> labels;
  for (const auto& [label, shares] : split.shares()) labels.push_back(label);
  return labels;
}

DocumentSegments cut_documents(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                               const Segmenter& segmenter) {
  DocumentSegments result{.labels = label_table(documents, split), .origins = {}, .by_split = {}};
  Cutter cutter(split, segmenter, result);
  io::for_each_document(documents, [&](io::Document&& document) { cutter.add(std::move(document)); });
  cutter.cut_batch();
  return result;
}

}  // namespace palimpsest::shard
