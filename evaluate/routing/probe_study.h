// The probe on the shards: trained on training segments, judged on those that the router is judged on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/routing/linear_probe.h"
#include "evaluate/routing/masked_batches.h"

namespace palimpsest::evaluate {

/// What the probe sees of a segment.
enum class Evidence {
  kAll,     ///< header and text
  kHeader,  ///< the visible header alone: path and imports
  kText,    ///< the text alone
};

struct ProbeStudyOptions {
  std::int64_t rows_per_label = 4000;  ///< training rows of each label, evenly spaced; 0 = all
  ProbeOptions probe;
};

/// The probe's answer for one segment of the split.
struct ProbeAnswer {
  std::size_t label = 0;
  std::size_t answer = 0;
  std::uint32_t document = 0;
  std::size_t bin = 0;  ///< of its mask ratio
  double tokens = 0;    ///< of the segment, header included, as the router's are counted
};

struct ProbeResult {
  std::vector<ProbeAnswer> visible;  ///< every token seen
  std::vector<ProbeAnswer> masked;   ///< the visible tokens of each draw, draw by draw
};

/// Segments of training rows, in memory.
class ProbeTrainingSet {
 public:
  ProbeTrainingSet(const tokens::ShardReader& train, std::int64_t rows_per_label);

  std::size_t size() const { return labels_.size(); }
  bool has_headers() const { return has_headers_; }

  /// Trains on `evidence`, the text masked at a ratio drawn uniformly for each example and epoch, as the
  /// router's is. `shuffle` permutes the labels among the segments first: a probe that can learn nothing.
  LinearProbe train_probe(Evidence evidence, bool shuffle, const ProbeOptions& options) const;

 private:
  struct Segment {
    std::size_t begin;  ///< of its ids
    std::size_t text;   ///< first token behind the header
    std::size_t end;
  };
  std::size_t classes_;
  std::size_t vocabulary_;
  bool has_headers_ = false;
  std::vector<tokens::TokenId> ids_;
  std::vector<Segment> segments_;
  std::vector<std::size_t> labels_;
};

/// Judges a probe on a split under the masks of `draws`.
ProbeResult judge_probe(const LinearProbe& probe, Evidence evidence, const tokens::ShardReader& shards,
                        const MaskDraws& draws);

}  // namespace palimpsest::evaluate
