#include "common/model/infill.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "common/base/error.h"
#include "common/model/row_batch.h"

namespace palimpsest::model {
namespace {

/// One row with one segment: header, end of the prefix, hole, beginning of the suffix, `<|end|>` if the
/// suffix fits.
RowBatch make_row(const InfillRequest& request, std::vector<std::int64_t>& hole_positions) {
  const auto size = [](const auto& ids) { return static_cast<std::int64_t>(ids.size()); };
  const std::int64_t room = request.context - size(request.header) - request.hole - 1;
  if (request.hole < 1 || room < 2) {
    throw base::Error(base::ErrorCode::kUsage, "hole does not fit the model's context",
                      {.got = std::to_string(request.hole) + " tokens",
                       .expected = "1 to " + std::to_string(request.context - size(request.header) - 3)});
  }
  const std::int64_t half = room / 2;
  const std::int64_t before = std::min(size(request.prefix), std::max(half, room - size(request.suffix)));
  const std::int64_t after = std::min(size(request.suffix), room - before);
  RowBatch batch;
  batch.rows = 1;
  std::vector<std::int64_t>& ids = batch.ids;
  ids.assign(request.header.begin(), request.header.end());
  ids.insert(ids.end(), request.prefix.end() - before, request.prefix.end());
  for (std::int64_t i = 0; i < request.hole; ++i) {
    hole_positions.push_back(size(ids));
    ids.push_back(tokens::kMaskId);
  }
  ids.insert(ids.end(), request.suffix.begin(), request.suffix.begin() + after);
  if (after == size(request.suffix)) ids.push_back(tokens::kEndId);
  batch.row_tokens = size(ids);
  batch.segments = {{.row = 0, .begin = 0, .end = size(ids), .header = size(request.header)}};
  return batch;
}

std::vector<double> mean_expert_probs(const ModelOutput& output) {
  if (output.routers.empty()) return {};
  at::Tensor sum_E = at::zeros({output.routers.front().mean_logits_SE.size(1)});
  for (const RouterState& router : output.routers) {
    sum_E += at::softmax(router.mean_logits_SE[0], -1).to(at::kCPU);
  }
  const at::Tensor mean_E = (sum_E / static_cast<double>(output.routers.size())).to(at::kDouble).contiguous();
  const double* values = mean_E.const_data_ptr<double>();
  return {values, values + mean_E.size(0)};
}

}  // namespace

InfillResult fill_hole(const Transformer& transformer, const InfillRequest& request) {
  const c10::NoGradGuard no_grad;
  std::vector<std::int64_t> open;  // hole positions still masked
  RowBatch batch = make_row(request, open);
  const std::int64_t first = open.front();
  InfillResult result;
  result.tokens.resize(open.size());
  for (std::int64_t order = 0; !open.empty(); ++order) {
    const MaskPlan masks{.mask_ratio = {1}, .positions = open};
    const ModelOutput output = transformer.forward(ModelInput::from(batch, masks, {}, transformer.device()));
    if (order == 0) result.expert_probs = mean_expert_probs(output);
    at::Tensor logits_MV = output.logits_MV();
    logits_MV.narrow(1, 0, tokens::kSpecialCount - kFirstPredictable)
        .fill_(-std::numeric_limits<float>::infinity());
    const auto [best_M, column_M] = at::softmax(logits_MV, -1).max(-1);
    const std::int64_t chosen = best_M.argmax().item<std::int64_t>();
    const auto id = static_cast<tokens::TokenId>(column_M[chosen].item<std::int64_t>() + kFirstPredictable);
    const std::int64_t position = open[static_cast<std::size_t>(chosen)];
    result.tokens[static_cast<std::size_t>(position - first)] = {id, best_M[chosen].item<double>(), order};
    batch.ids[static_cast<std::size_t>(position)] = id;
    open.erase(open.begin() + chosen);
  }
  return result;
}

}  // namespace palimpsest::model
