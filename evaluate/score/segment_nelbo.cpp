#include "evaluate/score/segment_nelbo.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/model/nelbo_masks.h"
#include "common/model/objective.h"

namespace palimpsest::evaluate {
namespace {

/// Cross entropies at the plan's positions; `plan` says what is wanted, `masks` what is masked.
std::vector<float> cross_entropies(const model::Transformer& transformer, const model::RowBatch& batch,
                                   const model::MaskPlan& masks, const model::MaskPlan& wanted) {
  model::ModelInput input = model::ModelInput::from(batch, masks, {}, transformer.device());
  input.predict_M = model::to_tensor(wanted.positions, transformer.device());
  const model::ModelOutput output = transformer.forward(input);
  const at::Tensor nats =
      model::masked_cross_entropy(output, batch, wanted, wanted.weight).nats_M.to(at::kCPU).contiguous();
  const float* values = nats.const_data_ptr<float>();
  return {values, values + nats.size(0)};
}

void add_to_curve(const SegmentBatch& batch, const model::MaskPlan& plan, const std::vector<float>& nats,
                  std::int64_t pairs, RatioCurve& curve) {
  std::vector<double> sum(batch.rows.segments.size(), 0);
  std::vector<std::int64_t> masked(sum.size(), 0);
  for (std::size_t i = 0; i < nats.size(); ++i) {
    const auto segment = static_cast<std::size_t>(plan.segment[i]);
    sum[segment] += static_cast<double>(nats[i]);
    masked[segment] += 1;
  }
  for (std::size_t s = 0; s < sum.size(); ++s) {
    if (masked[s] == 0) continue;
    const model::BatchSegment& segment = batch.rows.segments[s];
    const double levels = model::nelbo_levels(masked[s], segment.maskable(), pairs);
    RatioCost& cost =
        curve[static_cast<std::size_t>(segment.label)][model::mask_ratio_bin(plan.mask_ratio[s])];
    cost.nats += levels * sum[s] / static_cast<double>(masked[s]);
    cost.levels += levels;
  }
}

constexpr std::int64_t kChainRows = 32;  // copies of a segment in one forward pass

/// Copies of one segment in which everything from token `first`, `first` + 1, ... on is masked.
struct ChainBatch {
  model::RowBatch rows;
  model::MaskPlan masks;
  model::MaskPlan wanted;  ///< the first masked token of each copy
};

ChainBatch chain_batch(const model::RowBatch& from, const model::BatchSegment& segment, std::int64_t first) {
  ChainBatch chain;
  chain.rows.row_tokens = segment.end - segment.begin;
  const std::int64_t last = std::min(first + kChainRows, segment.maskable());
  for (std::int64_t token = first; token < last; ++token) {
    const std::int64_t row = chain.rows.rows++;
    for (std::int64_t i = segment.begin; i < segment.end; ++i)
      chain.rows.ids.push_back(from.ids[static_cast<std::size_t>(from.flat(segment.row, i))]);
    chain.rows.segments.push_back({.row = row,
                                   .begin = 0,
                                   .end = chain.rows.row_tokens,
                                   .header = segment.header,
                                   .label = segment.label});
    for (std::int64_t i = token; i < segment.maskable(); ++i)
      chain.masks.positions.push_back(chain.rows.flat(row, segment.header + i));
    chain.wanted.positions.push_back(chain.rows.flat(row, segment.header + token));
    chain.wanted.weight.push_back(1);
  }
  return chain;
}

}  // namespace

std::vector<double> segment_nelbos(const model::Transformer& transformer,
                                   const std::vector<SegmentBatch>& batches, const NelboOptions& options,
                                   const std::string& what, RatioCurve* curve) {
  const c10::NoGradGuard no_grad;
  std::uint64_t rows = 0;
  for (const SegmentBatch& batch : batches) rows += static_cast<std::uint64_t>(batch.rows.rows);
  base::Progress progress(what, rows, "rows");
  std::vector<double> nats;
  for (const SegmentBatch& batch : batches) {
    const std::size_t first = nats.size();
    nats.resize(first + batch.rows.segments.size(), 0);
    const auto plans =
        model::draw_nelbo_masks(batch.rows, {options.pairs, options.seed, batch.first_segment}, batch.holes);
    for (const model::MaskPlan& plan : plans) {
      base::throw_if_stopped();
      if (plan.positions.empty()) continue;
      const std::vector<float> costs = cross_entropies(transformer, batch.rows, plan, plan);
      for (std::size_t i = 0; i < costs.size(); ++i)
        nats[first + static_cast<std::size_t>(plan.segment[i])] +=
            static_cast<double>(plan.weight[i]) * static_cast<double>(costs[i]);
      if (curve != nullptr) add_to_curve(batch, plan, costs, options.pairs, *curve);
    }
    progress.add(static_cast<std::uint64_t>(batch.rows.rows));
  }
  return nats;
}

std::vector<double> chain_rule_nats(const model::Transformer& transformer,
                                    const std::vector<SegmentBatch>& batches) {
  const c10::NoGradGuard no_grad;
  std::uint64_t tokens = 0;
  for (const SegmentBatch& batch : batches) tokens += static_cast<std::uint64_t>(batch.rows.maskable());
  base::Progress progress("chain rule", tokens, "tokens");
  std::vector<double> nats;
  for (const SegmentBatch& batch : batches) {
    for (const model::BatchSegment& segment : batch.rows.segments) {
      nats.push_back(0);
      for (std::int64_t first = 0; first < segment.maskable(); first += kChainRows) {
        base::throw_if_stopped();
        const ChainBatch chain = chain_batch(batch.rows, segment, first);
        for (const float cost : cross_entropies(transformer, chain.rows, chain.masks, chain.wanted))
          nats.back() += static_cast<double>(cost);
        progress.add(chain.wanted.positions.size());
      }
    }
  }
  return nats;
}

}  // namespace palimpsest::evaluate
