#include "train/training_batch.h"

#include "common/base/random.h"
#include "common/model/model_input.h"

namespace palimpsest::train {
namespace {

constexpr std::uint64_t kMaskStream = 1;
constexpr std::uint64_t kForceStream = 2;

}  // namespace

TrainingBatch next_batch(const tokens::ShardReader& shards, tokens::RowSampler& sampler, const Recipe& recipe,
                         std::uint64_t seed, std::int64_t step) {
  TrainingBatch batch;
  for (std::int64_t i = 0; i < recipe.rows_per_step; ++i) {
    const tokens::RowRef row = sampler.next();
    batch.rows.add_row(shards, row.label, row.row);
  }
  base::Random mask_random{seed, kMaskStream, static_cast<std::uint64_t>(step)};
  batch.masks = model::draw_stratified_masks(batch.rows, mask_random);
  base::Random force_random{seed, kForceStream, static_cast<std::uint64_t>(step)};
  const std::size_t stage = recipe.place(step).stage;
  for (const model::BatchSegment& segment : batch.rows.segments) {
    const bool to_label = force_random.uniform() < recipe.stages[stage].forced_share;
    const std::int64_t expert = to_label ? segment.label : model::kRouterChooses;
    batch.forced.push_back(recipe.is_shared(stage) ? kSharedExpert : expert);
  }
  return batch;
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
