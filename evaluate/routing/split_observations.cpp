#include "evaluate/routing/split_observations.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/base/progress.h"
#include "common/model/objective.h"
#include "common/model/scoring.h"

namespace palimpsest::evaluate {
namespace {

model::ModelInput forced_input(const model::Transformer& transformer, const MaskedBatch& masked,
                               std::int64_t expert) {
  const std::vector<std::int64_t> forced(masked.batch.segments.size(), expert);
  return model::ModelInput::from(masked.batch, masked.masks, forced, transformer.device());
}

/// NELBO estimate of each segment of the batch, in nats.
std::vector<double> segment_nats(const model::ModelOutput& output, const MaskedBatch& masked) {
  const model::MaskPlan& masks = masked.masks;
  const at::Tensor nats_M =
      model::masked_cross_entropy(output, masked.batch, masks, masks.weight).nats_M.to(at::kCPU).contiguous();
  const float* nats = nats_M.const_data_ptr<float>();
  std::vector<double> sums(masked.batch.segments.size());
  for (std::size_t i = 0; i < masks.positions.size(); ++i) {
    sums[static_cast<std::size_t>(masks.segment[i])] +=
        static_cast<double>(masks.weight[i]) * static_cast<double>(nats[i]);
  }
  return sums;
}

void add_forced(const model::Transformer& transformer, const MaskedBatch& masked,
                const model::ModelOutput& routed, double share, SplitObservations& observations) {
  const auto each = [&](const std::vector<double>& nats, auto add) {
    for (std::size_t s = 0; s < nats.size(); ++s)
      add(observations.forced[masked.first_segment + s], share * nats[s]);
  };
  each(segment_nats(routed, masked), [](ForcedSegment& to, double nats) { to.routed_nats += nats; });
  for (std::size_t e = 0; e < observations.experts; ++e) {
    const model::ModelInput input = forced_input(transformer, masked, static_cast<std::int64_t>(e));
    each(segment_nats(transformer.forward(input), masked),
         [e](ForcedSegment& to, double nats) { to.nats[e] += nats; });
  }
}

}  // namespace

void observe_batch(const model::Transformer& transformer, const MaskedBatch& masked,
                   std::int64_t forced_draws, SplitObservations& observations) {
  const c10::NoGradGuard no_grad;
  const bool force = masked.draw < forced_draws;
  model::ModelInput input = forced_input(transformer, masked, model::kRouterChooses);
  if (!force) input.predict_M = model::to_tensor(std::vector<std::int64_t>{}, transformer.device());
  const model::ModelOutput output = transformer.forward(input);
  std::vector<SegmentRouting> routing = route_segments(output, input);
  for (std::size_t s = 0; s < routing.size(); ++s) {
    const model::BatchSegment& segment = masked.batch.segments[s];
    const auto label = static_cast<std::size_t>(segment.label);
    observations.routed.push_back({.segment = masked.first_segment + s,
                                   .label = label,
                                   .document = masked.document[s],
                                   .bin = model::mask_ratio_bin(masked.masks.mask_ratio[s]),
                                   .routing = std::move(routing[s])});
    ForcedSegment& forced = observations.forced[masked.first_segment + s];
    forced.label = label;
    forced.document = masked.document[s];
    forced.tokens = static_cast<double>(segment.maskable());
    forced.nats.resize(observations.experts);
  }
  if (force) add_forced(transformer, masked, output, 1 / static_cast<double>(forced_draws), observations);
}

SplitObservations observe_split(const model::Transformer& transformer, const tokens::ShardReader& shards,
                                const MaskDraws& draws, std::int64_t forced_draws) {
  const model::ModelConfig& config = transformer.config();
  SplitObservations observations{.layers = config.moe_layers.size(),
                                 .experts = static_cast<std::size_t>(config.experts)};
  const std::size_t segments = count_segments(shards, draws);
  observations.forced.resize(segments);
  base::Progress progress("routing", segments * static_cast<std::uint64_t>(draws.draws), "segments");
  for_each_masked_batch(shards, draws, [&](const MaskedBatch& masked) {
    observe_batch(transformer, masked, forced_draws, observations);
    progress.add(masked.batch.segments.size());
  });
  return observations;
}

}  // namespace palimpsest::evaluate
