#include "common/model/transformer_denoiser.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace palimpsest::model {
namespace {

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

LogProbabilities to_log_probabilities(const ModelOutput& output) {
  const at::Tensor log_probs = at::log_softmax(output.logits_MV().to(at::kFloat), -1);
  const at::Tensor padded =
      at::constant_pad_nd(log_probs, {kFirstPredictable, 0}, -std::numeric_limits<double>::infinity())
          .to(at::kCPU)
          .contiguous();
  const float* values = padded.const_data_ptr<float>();
  return {.vocabulary = static_cast<std::size_t>(padded.size(1)),
          .values = {values, values + padded.numel()}};
}

}  // namespace

TransformerDenoiser::TransformerDenoiser(const Transformer& transformer, TransformerDenoiserOptions options)
    : transformer_(transformer), options_(options) {}

ModelOutput TransformerDenoiser::whole_pass(const MaskedText& text, const std::vector<std::int64_t>& masked) {
  const auto length = static_cast<std::int64_t>(text.ids.size());
  RowBatch batch{.rows = 1, .row_tokens = length, .ids = {text.ids.begin(), text.ids.end()}};
  batch.segments = {{.row = 0, .begin = 0, .end = length, .header = static_cast<std::int64_t>(text.header)}};
  const MaskPlan masks{.mask_ratio = {1}, .positions = masked};
  const ModelInput input = ModelInput::from(batch, masks, {options_.expert}, transformer_.device());
  if (!options_.cache_context) return transformer_.forward(input);
  cache_.rows_Q = to_tensor(masked, transformer_.device());
  return transformer_.forward(input, cache_);
}

ModelOutput TransformerDenoiser::hole_pass(const MaskedText& text, const std::vector<std::int64_t>& masked) {
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> predict;  // places in `hole_`
  for (std::size_t i = 0, next = 0; i < hole_.size(); ++i) {
    ids.push_back(text.ids[static_cast<std::size_t>(hole_[i])]);
    if (next < masked.size() && hole_[i] == masked[next]) {
      predict.push_back(static_cast<std::int64_t>(i));
      ++next;
    }
  }
  const at::Device device = transformer_.device();
  const auto size = static_cast<std::int64_t>(ids.size());
  const at::Tensor zeros = at::zeros({size}, at::TensorOptions(at::kLong).device(device));
  const ModelInput input{.ids_BT = to_tensor(ids, device).view({1, size}),
                         .position_BT = cache_.rows_Q.view({1, size}),
                         .segment_BT = zeros.view({1, size}),
                         .token_N = at::arange(size, zeros.options()),
                         .segment_N = zeros,
                         .mean_weight_N = zeros.to(at::kFloat),
                         .forced_S = to_tensor(std::vector<std::int64_t>{options_.expert}, device),
                         .predict_M = to_tensor(predict, device),
                         .segments = 1};
  return transformer_.forward(input, cache_);
}

LogProbabilities TransformerDenoiser::denoise(const MaskedText& text,
                                              const std::vector<std::size_t>& masked) {
  const c10::NoGradGuard no_grad;
  const std::vector<std::int64_t> positions(masked.begin(), masked.end());
  const bool first = hole_.empty();
  if (first) hole_ = positions;
  const ModelOutput output = cache_.filled() ? hole_pass(text, positions) : whole_pass(text, positions);
  if (first) expert_probs_ = mean_expert_probs(output);
  return to_log_probabilities(output);
}

}  // namespace palimpsest::model
