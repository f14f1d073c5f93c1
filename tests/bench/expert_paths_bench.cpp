// Forward and backward of one mixture layer of moedcoder-10m by execution path, even and skewed loads, and
// the dense layer of the same active size.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

#include "common/model/experts.h"

namespace {

using palimpsest::model::ExpertPath;
using palimpsest::model::ExpertWeights;

constexpr std::int64_t kTokens = 2048;
constexpr std::int64_t kExperts = 4;
constexpr std::int64_t kWidth = 256;
constexpr std::int64_t kHidden = 384;

ExpertWeights weights(std::int64_t experts) {
  return {at::randn({experts, 2 * kHidden, kWidth}).requires_grad_(true),
          at::randn({experts, kWidth, kHidden}).requires_grad_(true)};
}

void mixture(benchmark::State& state, ExpertPath path, bool skewed) {
  at::set_num_threads(1);
  const ExpertWeights layer = weights(kExperts);
  const at::Tensor x = at::randn({kTokens, kWidth}).requires_grad_(true);
  const at::Tensor expert = skewed ? at::randint(8, {kTokens}, at::kLong).sub(4).clamp_min(0)
                                   : at::randint(kExperts, {kTokens}, at::kLong);
  for (auto _ : state) palimpsest::model::run_experts(path, layer, x, expert).sum().backward();
}

void dense(benchmark::State& state) {
  at::set_num_threads(1);
  const ExpertWeights layer = weights(1);
  const at::Tensor x = at::randn({kTokens, kWidth}).requires_grad_(true);
  for (auto _ : state) palimpsest::model::swiglu(x, layer.in_E2HD[0], layer.out_EDH[0]).sum().backward();
}

BENCHMARK(dense)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, loop, ExpertPath::kLoop, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, padded, ExpertPath::kPadded, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, grouped, ExpertPath::kGrouped, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, loop_skewed, ExpertPath::kLoop, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, padded_skewed, ExpertPath::kPadded, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mixture, grouped_skewed, ExpertPath::kGrouped, true)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
