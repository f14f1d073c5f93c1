#include "shard/unit_segments.h"

#include <algorithm>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"

namespace palimpsest::shard {

UnitSegments cut_documents(std::vector<io::Document>&& documents, const std::vector<std::string>& labels,
                           const Segmenter& segmenter) {
  std::vector<std::vector<Segment>> segments(documents.size());
  tbb::parallel_for(std::size_t{0}, documents.size(),
                    [&](std::size_t i) { segments[i] = segmenter.cut(documents[i]); });
  UnitSegments result;
  result.by_label.resize(labels.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    io::Document& document = documents[i];
    for (Segment& segment : segments[i]) {
      const auto label = std::find(labels.begin(), labels.end(), segment.label);
      if (label == labels.end()) {
        throw base::Error(base::ErrorCode::kBadData, "label outside the label table of the documents",
                          {.got = segment.label, .where = document.repo + ":" + document.path});
      }
      result.by_label[static_cast<std::size_t>(label - labels.begin())].push_back({std::move(segment), i});
    }
    result.origins.push_back({std::move(document.id), std::move(document.repo), std::move(document.path)});
  }
  return result;
}

}  // namespace palimpsest::shard
