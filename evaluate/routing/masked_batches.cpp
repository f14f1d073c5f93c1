#include "evaluate/routing/masked_batches.h"

#include "common/base/signals.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kRoutingStream = 0x726f7574696e67;  // "routing"
constexpr std::int64_t kBatchRows = 16;

}  // namespace

void for_each_masked_batch(const tokens::ShardReader& shards, const MaskDraws& draws,
                           const std::function<void(const MaskedBatch&)>& visit) {
  for (std::int64_t draw = 0; draw < draws.draws; ++draw) {
    std::size_t segments = 0;
    std::uint64_t number = 0;
    MaskedBatch masked;
    const auto flush = [&] {
      if (masked.batch.rows == 0) return;
      base::throw_if_stopped();
      base::Random random{kRoutingStream, draws.seed, static_cast<std::uint64_t>(draw), number++};
      masked.masks = model::draw_stratified_masks(masked.batch, random);
      masked.draw = draw;
      masked.first_segment = segments;
      visit(masked);
      segments += masked.batch.segments.size();
      masked = {};
    };
    for (std::size_t label = 0; label < shards.labels().size(); ++label) {
      for (const std::size_t row : model::spread_rows(shards.row_count(label), draws.rows_per_label)) {
        masked.batch.add_row(shards, label, row);
        for (const auto& segment : shards.segments(label, row)) masked.document.push_back(segment.document);
        if (masked.batch.rows == kBatchRows) flush();
      }
    }
    flush();
  }
}

std::size_t count_segments(const tokens::ShardReader& shards, const MaskDraws& draws) {
  std::size_t count = 0;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (const std::size_t row : model::spread_rows(shards.row_count(label), draws.rows_per_label)) {
      count += shards.segments(label, row).size();
    }
  }
  return count;
}

}  // namespace palimpsest::evaluate
