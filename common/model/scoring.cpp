#include "common/model/scoring.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/base/signals.h"
#include "common/model/objective.h"

namespace palimpsest::model {
namespace {

constexpr std::uint64_t kScoreStream = 0x73636f7265;  // "score": keeps these masks apart from training's

/// Rows of every label, label by label; a limit picks rows evenly spaced.
std::vector<RowBatch> batches_of(const tokens::ShardReader& shards, const ScoreOptions& options) {
  std::vector<RowBatch> batches;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (const std::size_t row : spread_rows(shards.row_count(label), options.rows_per_label)) {
      if (batches.empty() || batches.back().rows >= options.batch_rows) batches.emplace_back();
      batches.back().add_row(shards, label, row);
    }
  }
  return batches;
}

void add_scores(const ModelOutput& output, const RowBatch& batch, const MaskPlan& masks, Score& score) {
  const at::Tensor cross_entropy_M =
      masked_cross_entropy(output, batch, masks, masks.weight).nats_M.to(at::kCPU).contiguous();
  const float* nats = cross_entropy_M.const_data_ptr<float>();
  for (std::size_t i = 0; i < masks.positions.size(); ++i) {
    const BatchSegment& segment = batch.segments[static_cast<std::size_t>(masks.segment[i])];
    score.families[static_cast<std::size_t>(segment.label)].nats +=
        static_cast<double>(masks.weight[i]) * static_cast<double>(nats[i]);
  }
  for (const BatchSegment& segment : batch.segments) {
    FamilyScore& family = score.families[static_cast<std::size_t>(segment.label)];
    family.tokens += segment.maskable();
    family.bytes += segment.text_bytes;
  }
}

}  // namespace

void FamilyScore::add(const FamilyScore& other) {
  nats += other.nats;
  tokens += other.tokens;
  bytes += other.bytes;
}

double FamilyScore::nats_per_token() const {
  return nats / static_cast<double>(tokens);
}
double FamilyScore::perplexity() const {
  return std::exp(nats_per_token());
}
double FamilyScore::bits_per_byte() const {
  return nats / std::log(2.0) / static_cast<double>(bytes);
}

FamilyScore Score::total() const {
  FamilyScore sum;
  for (const FamilyScore& family : families) sum.add(family);
  return sum;
}

double Score::mean_bits_per_byte() const {
  double sum = 0;
  double count = 0;
  for (const FamilyScore& family : families) {
    if (family.bytes == 0) continue;
    sum += family.bits_per_byte();
    count += 1;
  }
  return sum / count;
}

std::size_t mask_ratio_bin(double ratio) {
  const auto bin = static_cast<std::size_t>(std::ceil(ratio * kMaskRatioBins)) - 1;
  return std::min(bin, kMaskRatioBins - 1);
}

void count_routing(const ModelOutput& output, const RowBatch& batch, const ModelInput& input,
                   const MaskPlan& masks, std::vector<RoutingCounts>& bins) {
  const at::Tensor segment_N = input.segment_N.to(at::kCPU);
  const std::int64_t* segments = segment_N.const_data_ptr<std::int64_t>();
  for (std::size_t layer = 0; layer < output.routers.size(); ++layer) {
    const at::Tensor expert_N = output.routers[layer].choice_N.to(at::kCPU).contiguous();
    const std::int64_t* experts = expert_N.const_data_ptr<std::int64_t>();
    for (std::int64_t n = 0; n < expert_N.size(0); ++n) {
      const auto segment = static_cast<std::size_t>(segments[n]);
      const auto label = static_cast<std::size_t>(batch.segments[segment].label);
      bins[mask_ratio_bin(masks.mask_ratio[segment])].add(layer, label, static_cast<std::size_t>(experts[n]));
    }
  }
}

double normalized_router_entropy(const ModelOutput& output) {
  if (output.routers.empty()) return 0;
  double sum = 0;
  for (const RouterState& router : output.routers) {
    const at::Tensor log_probs = at::log_softmax(router.logits_UE.detach(), -1);
    const double entropy = -(log_probs.exp() * log_probs).sum(-1).mean().item<double>();
    sum += entropy / std::log(static_cast<double>(router.logits_UE.size(1)));
  }
  return sum / static_cast<double>(output.routers.size());
}

namespace {

void score_batch(const Transformer& transformer, const RowBatch& batch, base::Random random,
                 std::int64_t expert, Score& score) {
  const MaskPlan masks = draw_stratified_masks(batch, random);
  const std::vector<std::int64_t> forced(batch.segments.size(), expert);
  const ModelInput input = ModelInput::from(batch, masks, forced, transformer.device());
  const ModelOutput output = transformer.forward(input);
  add_scores(output, batch, masks, score);
  count_routing(output, batch, input, masks, score.routing_by_bin);
  score.router_entropy += normalized_router_entropy(output);
}

}  // namespace

Score score_split(const Transformer& transformer, const tokens::ShardReader& shards,
                  const ScoreOptions& options) {
  const c10::NoGradGuard no_grad;
  const std::size_t families = shards.labels().size();
  const ModelConfig& config = transformer.config();
  Score score;
  score.families.resize(families);
  score.routing_by_bin.assign(kMaskRatioBins, RoutingCounts(config.moe_layers.size(), families,
                                                            static_cast<std::size_t>(config.experts)));
  const std::vector<RowBatch> batches = batches_of(shards, options);
  for (std::int64_t pass = 0; pass < options.passes; ++pass) {
    for (std::size_t b = 0; b < batches.size(); ++b) {
      if (options.stops) base::throw_if_stopped();
      const base::Random random{kScoreStream, options.seed, static_cast<std::uint64_t>(pass), b};
      score_batch(transformer, batches[b], random, options.forced_expert, score);
    }
  }
  score.routing = sum_of(score.routing_by_bin);
  for (FamilyScore& family : score.families) {
    family.nats /= static_cast<double>(options.passes);
    family.tokens /= options.passes;
    family.bytes /= options.passes;
  }
  const std::size_t forwards = static_cast<std::size_t>(options.passes) * batches.size();
  score.router_entropy /= static_cast<double>(std::max<std::size_t>(1, forwards));
  return score;
}

}  // namespace palimpsest::model
