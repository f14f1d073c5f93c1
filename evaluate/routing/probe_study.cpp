#include "evaluate/routing/probe_study.h"

#include "common/base/random.h"
#include "common/model/scoring.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kShuffleStream = 0x73687566666c65;  // "shuffle"
constexpr std::uint64_t kMaskStream = 0x6d61736b;           // "mask"

bool sees(Evidence evidence, BagPart part) {
  return evidence == Evidence::kAll || (evidence == Evidence::kHeader) == (part == BagPart::kHeader);
}

}  // namespace

ProbeTrainingSet::ProbeTrainingSet(const tokens::ShardReader& train, std::int64_t rows_per_label)
    : classes_(train.labels().size()), vocabulary_(train.vocabulary_size()) {
  for (std::size_t label = 0; label < classes_; ++label) {
    for (const std::size_t row : model::spread_rows(train.row_count(label), rows_per_label)) {
      const tokens::RowView view = train.view_row(label, row);
      for (const tokens::SegmentInfo& segment : train.segments(label, row)) {
        const std::size_t begin = ids_.size();
        const std::size_t length = segment.end - segment.begin;
        segments_.push_back({begin, begin + segment.header_tokens, begin + length});
        labels_.push_back(label);
        has_headers_ = has_headers_ || segment.header_tokens > 0;
        const auto ids = view.ids.subspan(segment.begin, length);
        ids_.insert(ids_.end(), ids.begin(), ids.end());
      }
    }
  }
}

LinearProbe ProbeTrainingSet::train_probe(Evidence evidence, bool shuffle,
                                          const ProbeOptions& options) const {
  std::vector<std::size_t> labels = labels_;
  base::Random random{kShuffleStream, options.seed};
  for (std::size_t i = shuffle ? labels.size() : 0; i > 1; --i)
    std::swap(labels[i - 1], labels[random.below(i)]);
  BagBuilder bag(vocabulary_);
  LinearProbe probe(classes_, vocabulary_);
  const auto bag_of = [&](std::size_t example, std::size_t epoch) {
    const Segment& segment = segments_[example];
    base::Random masks{kMaskStream, options.seed, epoch, example};
    const double ratio = masks.uniform();
    for (std::size_t i = segment.begin; i < segment.end; ++i) {
      const BagPart part = i < segment.text ? BagPart::kHeader : BagPart::kText;
      const bool visible = part == BagPart::kHeader || masks.uniform() >= ratio;
      if (visible && sees(evidence, part)) bag.add(part, ids_[i]);
    }
    return bag.take();
  };
  probe.train(labels, bag_of, options);
  return probe;
}

ProbeResult judge_probe(const LinearProbe& probe, Evidence evidence, const tokens::ShardReader& shards,
                        const MaskDraws& draws) {
  ProbeResult result;
  BagBuilder bag(shards.vocabulary_size());
  for_each_masked_batch(shards, draws, [&](const MaskedBatch& masked) {
    const model::RowBatch& batch = masked.batch;
    std::vector<char> hidden(batch.ids.size());
    for (const std::int64_t position : masked.masks.positions) hidden[static_cast<std::size_t>(position)] = 1;
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
      const model::BatchSegment& segment = batch.segments[s];
      const auto classify = [&](bool with_masks) {
        for (std::int64_t i = segment.begin; i < segment.end; ++i) {
          const auto flat = static_cast<std::size_t>(batch.flat(segment.row, i));
          const BagPart part = i < segment.maskable_begin() ? BagPart::kHeader : BagPart::kText;
          if (!sees(evidence, part) || (with_masks && hidden[flat] != 0)) continue;
          bag.add(part, static_cast<tokens::TokenId>(batch.ids[flat]));
        }
        return probe.classify(bag.take());
      };
      ProbeAnswer answer{.label = static_cast<std::size_t>(segment.label),
                         .document = masked.document[s],
                         .bin = model::mask_ratio_bin(masked.masks.mask_ratio[s]),
                         .tokens = static_cast<double>(segment.end - segment.begin)};
      answer.answer = classify(true);
      result.masked.push_back(answer);
      if (masked.draw > 0) continue;
      answer.answer = classify(false);
      result.visible.push_back(answer);
    }
  });
  return result;
}

}  // namespace palimpsest::evaluate
