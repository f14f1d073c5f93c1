#include "train/matmul_bound.h"

#include <algorithm>
#include <chrono>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace palimpsest::train {
namespace {

constexpr std::int64_t kMostRows = 1024;      ///< more do not raise the rate, but take longer
constexpr double kSecondsForOneShape = 0.04;  ///< repeats fit in it, the first excepted

double flops_of(std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  return 2 * static_cast<double>(rows) * static_cast<double>(inner) * static_cast<double>(columns);
}

}  // namespace

double step_flops(const model::ModelConfig& config, const model::RowBatch& batch, std::int64_t masked) {
  const auto tokens = static_cast<std::int64_t>(batch.ids.size());
  std::int64_t real = 0;
  for (const model::BatchSegment& segment : batch.segments) real += segment.end - segment.begin;
  double forward = flops_of(masked, config.width, config.vocabulary);
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    const bool mixture = config.is_moe_layer(layer);
    const std::int64_t hidden =
        mixture ? config.top_k * config.expert_hidden + config.shared_hidden : config.dense_hidden;
    forward += flops_of(tokens, config.width, 4 * config.width);  // queries, keys, values, output
    forward += flops_of(tokens, config.width, 2 * batch.row_tokens);
    forward += flops_of(mixture ? real : tokens, config.width, 3 * hidden);
  }
  return 3 * forward;
}

double matmul_rate(const model::ModelConfig& config, std::int64_t tokens, at::Device device,
                   model::Precision precision) {
  const c10::NoGradGuard no_grad;
  const std::int64_t rows = std::clamp<std::int64_t>(tokens, 1, kMostRows);
  const at::TensorOptions options = at::TensorOptions(device).dtype(model::scalar_type(precision));
  const at::Tensor left = at::ones({rows, config.width}, options);
  double best = 0;
  for (const std::int64_t columns : {2 * config.dense_hidden, config.vocabulary}) {
    const at::Tensor right = at::ones({config.width, columns}, options);
    for (double spent = 0; spent < kSecondsForOneShape;) {
      const auto start = std::chrono::steady_clock::now();
      at::mm(left, right)[0][0].item<float>();  // waits for the device
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      best = std::max(best, flops_of(rows, config.width, columns) / seconds);
      spent += seconds;
    }
  }
  return best;
}

}  // namespace palimpsest::train
