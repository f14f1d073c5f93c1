#include "train/training_batch.h"

#include <algorithm>

#include "common/base/random.h"
#include "common/model/model_input.h"

namespace palimpsest::train {
namespace {

constexpr std::uint64_t kMaskStream = 1;
constexpr std::uint64_t kForceStream = 2;
constexpr std::uint64_t kJitterStream = 3;
constexpr std::uint64_t kHoleStream = 4;

/// Masks, and with complementary masks every row a second time.
void draw_masks(const Recipe& recipe, double span_share, const std::vector<model::TokenShape>& shapes,
                base::Random mask_random, base::Random hole_random, TrainingBatch& batch) {
  model::Holes holes;
  if (span_share > 0) holes = model::draw_holes(batch.rows, shapes, span_share, hole_random);
  batch.masks = model::draw_stratified_masks(batch.rows, mask_random, holes);
  if (!recipe.complementary_masks) return;
  const model::MaskPlan complement = model::complement_of(batch.masks, batch.rows, holes);
  const auto segments = static_cast<std::int64_t>(batch.rows.segments.size());
  model::append_masks(batch.masks, complement, segments, batch.rows.flat(batch.rows.rows, 0));
  batch.rows.append(model::RowBatch(batch.rows));
}

/// Whether a row of the batch is one of those that `share` trains on.
bool is_in_share(const Recipe& recipe, RankShare share, std::int64_t row) {
  const std::int64_t first = recipe.rows_per_step * share.rank / share.ranks;
  const std::int64_t last = recipe.rows_per_step * (share.rank + 1) / share.ranks;
  return first <= row && row < last;
}

TrainingBatch rows_between(const TrainingBatch& batch, std::int64_t first, std::int64_t last) {
  TrainingBatch part;
  part.rows.rows = last - first;
  part.rows.row_tokens = batch.rows.row_tokens;
  const std::int64_t offset = batch.rows.flat(first, 0);
  part.rows.ids.assign(batch.rows.ids.begin() + offset, batch.rows.ids.begin() + batch.rows.flat(last, 0));
  if (!batch.jitter_seeds.empty())
    part.jitter_seeds.assign(batch.jitter_seeds.begin() + first, batch.jitter_seeds.begin() + last);
  std::vector<std::int64_t> new_index(batch.rows.segments.size(), -1);
  for (std::size_t s = 0; s < batch.rows.segments.size(); ++s) {
    model::BatchSegment segment = batch.rows.segments[s];
    if (segment.row < first || segment.row >= last) continue;
    new_index[s] = static_cast<std::int64_t>(part.rows.segments.size());
    segment.row -= first;
    part.rows.segments.push_back(segment);
    part.masks.mask_ratio.push_back(batch.masks.mask_ratio[s]);
    if (!batch.masks.hole.empty()) part.masks.hole.push_back(batch.masks.hole[s]);
    part.forced.push_back(batch.forced[s]);
  }
  for (std::size_t i = 0; i < batch.masks.positions.size(); ++i) {
    const std::int64_t segment = new_index[static_cast<std::size_t>(batch.masks.segment[i])];
    if (segment < 0) continue;
    part.masks.positions.push_back(batch.masks.positions[i] - offset);
    part.masks.segment.push_back(segment);
    part.masks.weight.push_back(batch.masks.weight[i]);
  }
  return part;
}

}  // namespace

bool reads_row(const Recipe& recipe, std::size_t stage, RankShare share, std::int64_t i) {
  return recipe.stages[stage].span_share > 0 || is_in_share(recipe, share, i) ||
         (recipe.complementary_masks && is_in_share(recipe, share, i + recipe.rows_drawn_per_step()));
}

TrainingBatch next_batch(const tokens::ShardReader& shards, TrainingRows& rows, const Recipe& recipe,
                         const std::vector<model::TokenShape>& shapes, std::uint64_t seed, std::int64_t step,
                         RankShare share) {
  const std::size_t stage = recipe.place(step).stage;
  const auto stream = [&](std::uint64_t number, std::uint64_t part = 0) {
    return base::Random{seed, number, static_cast<std::uint64_t>(step), part};
  };
  TrainingBatch batch;
  for (std::int64_t i = 0; i < recipe.rows_drawn_per_step(); ++i) {
    const tokens::RowRef row = rows.next();
    if (reads_row(recipe, stage, share, i)) {
      batch.rows.add_row(shards, row.label, row.row);
    } else {
      batch.rows.add_unread_row(shards, row.label, row.row);
    }
  }
  draw_masks(recipe, recipe.stages[stage].span_share, shapes, stream(kMaskStream), stream(kHoleStream),
             batch);
  for (std::int64_t row = 0; row < batch.rows.rows; ++row)
    batch.jitter_seeds.push_back(stream(kJitterStream, static_cast<std::uint64_t>(row)).next());
  base::Random force_random = stream(kForceStream);
  for (const model::BatchSegment& segment : batch.rows.segments) {
    const bool to_label = force_random.uniform() < recipe.stages[stage].forced_share;
    const std::int64_t expert = to_label ? segment.label : model::kRouterChooses;
    batch.forced.push_back(recipe.is_shared(stage) ? kSharedExpert : expert);
  }
  return batch;
}

std::vector<TrainingBatch> split_batch(const TrainingBatch& batch, std::int64_t parts) {
  return split_share(batch, parts, {});
}

std::vector<TrainingBatch> split_share(const TrainingBatch& batch, std::int64_t micro_batches,
                                       RankShare share) {
  const std::int64_t rows = batch.rows.rows;
  const std::int64_t own_parts = std::min((micro_batches + share.ranks - 1) / share.ranks,
                                          std::max<std::int64_t>(1, rows / share.ranks));
  const std::int64_t parts = own_parts * share.ranks;
  std::vector<TrainingBatch> split;
  for (std::int64_t i = own_parts * share.rank; i < own_parts * (share.rank + 1); ++i) {
    split.push_back(rows_between(batch, rows * i / parts, rows * (i + 1) / parts));
  }
  return split;
}

std::vector<double> mix_weights(const tokens::ShardReader& shards, Mix mix) {
  std::vector<double> weights;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    const auto rows = static_cast<double>(shards.row_count(label));
    weights.push_back(mix == Mix::kNatural ? rows : rows > 0 ? 1.0 : 0.0);
  }
  return weights;
}

}  // namespace palimpsest::train
