// How far estimates of one NELBO scatter: ours beside LLaDA's and MDLM's at equal forwards, same model, same
// text.
//
//   estimator_spread MODEL SHARDS [REPEATS [ROWS_PER_LABEL [PAIRS]]]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include "common/model/checkpoint.h"
#include "common/model/nelbo_masks.h"
#include "common/model/objective.h"
#include "common/tokens/shard_reader.h"

namespace palimpsest::model {
namespace {

void mask(const RowBatch& batch, std::size_t s, const std::vector<std::int64_t>& chosen, double weight,
          MaskPlan& plan) {
  const BatchSegment& segment = batch.segments[s];
  plan.mask_ratio.push_back(static_cast<double>(chosen.size()) / static_cast<double>(segment.maskable()));
  for (const std::int64_t i : chosen) {
    plan.positions.push_back(batch.flat(segment.row, segment.maskable_begin() + i));
    plan.segment.push_back(static_cast<std::int64_t>(s));
    plan.weight.push_back(static_cast<float>(weight));
  }
}

/// LLaDA (arXiv 2502.09992, algorithm 3): in each forward one k a segment, weight L / k. `spaced`: as in its
/// evaluation code, the k of a segment's forwards are evenly spaced from a random first; else independent.
std::vector<MaskPlan> llada(const RowBatch& batch, std::int64_t forwards, bool spaced, base::Random& random) {
  std::vector<MaskPlan> plans(static_cast<std::size_t>(forwards));
  for (std::size_t s = 0; s < batch.segments.size(); ++s) {
    const std::int64_t length = batch.segments[s].maskable();
    const auto first = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
    for (std::int64_t f = 0; f < forwards; ++f) {
      const double step = static_cast<double>(f * length) / static_cast<double>(forwards);
      const auto drawn = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length)));
      const std::int64_t k = 1 + (spaced ? (first + std::llround(step)) % length : drawn);
      mask(batch, s, choose_positions(0, length, k, random),
           static_cast<double>(length) / static_cast<double>(k * forwards),
           plans[static_cast<std::size_t>(f)]);
    }
  }
  return plans;
}

/// MDLM (arXiv 2406.07524, eq. 10 with the log-linear schedule): t stratified over the segments of a batch
/// and at least 1e-3, every token masked with probability t, weight 1 / t.
std::vector<MaskPlan> mdlm(const RowBatch& batch, std::int64_t forwards, base::Random& random) {
  constexpr double kLeast = 1e-3;
  std::vector<MaskPlan> plans(static_cast<std::size_t>(forwards));
  const auto count = static_cast<double>(batch.segments.size());
  for (MaskPlan& plan : plans) {
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
      const double t = kLeast + (1 - kLeast) * (static_cast<double>(s) + random.uniform()) / count;
      std::vector<std::int64_t> chosen;
      for (std::int64_t i = 0; i < batch.segments[s].maskable(); ++i) {
        if (random.uniform() < t) chosen.push_back(i);
      }
      mask(batch, s, chosen, 1 / (t * static_cast<double>(forwards)), plan);
    }
  }
  return plans;
}

double nats(const Transformer& transformer, const RowBatch& batch, const std::vector<MaskPlan>& plans) {
  double sum = 0;
  for (const MaskPlan& plan : plans) {
    if (plan.positions.empty()) continue;
    const ModelOutput output = transformer.forward(ModelInput::from(batch, plan, {}, transformer.device()));
    sum += masked_cross_entropy(output, batch, plan, plan.weight).sum.item<double>();
  }
  return sum;
}

struct Sample {
  std::vector<RowBatch> batches;  ///< one a label
  std::vector<std::uint64_t> first_segment;
  std::uint64_t segments = 0;
  std::int64_t tokens = 0;
  std::int64_t bytes = 0;
};

Sample sample(const tokens::ShardReader& shards, std::size_t rows_per_label) {
  Sample sample;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    const std::size_t rows = shards.row_count(label);
    const std::size_t taken = std::min(rows, rows_per_label);
    if (taken == 0) continue;
    RowBatch& batch = sample.batches.emplace_back();
    for (std::size_t i = 0; i < taken; ++i) batch.add_row(shards, label, i * rows / taken);
    sample.first_segment.push_back(sample.segments);
    sample.segments += batch.segments.size();
    sample.tokens += batch.maskable();
    sample.bytes += batch.text_bytes();
  }
  return sample;
}

std::vector<MaskPlan> draw(const std::string& estimator, const Sample& sample, std::size_t b,
                           std::int64_t pairs, std::uint64_t seed) {
  base::Random random{17, seed, b};
  const RowBatch& batch = sample.batches[b];
  if (estimator == "ours") return draw_nelbo_masks(batch, {pairs, seed, sample.first_segment[b]});
  if (estimator.starts_with("MDLM")) return mdlm(batch, 2 * pairs, random);
  return llada(batch, 2 * pairs, estimator.ends_with("spaced k"), random);
}

/// Mean and standard deviation of the bits per byte over the repeats.
std::pair<double, double> spread(const Transformer& transformer, const std::string& estimator,
                                 const Sample& sample, std::int64_t pairs, std::int64_t repeats) {
  double sum = 0;
  double squares = 0;
  for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
    double estimate = 0;
    for (std::size_t b = 0; b < sample.batches.size(); ++b) {
      estimate += nats(transformer, sample.batches[b],
                       draw(estimator, sample, b, pairs, static_cast<std::uint64_t>(repeat)));
    }
    estimate /= std::log(2.0) * static_cast<double>(sample.bytes);
    sum += estimate;
    squares += estimate * estimate;
  }
  const auto n = static_cast<double>(repeats);
  return {sum / n, std::sqrt(std::max(0.0, squares / n - sum * sum / n / n) * n / (n - 1))};
}

int run(const std::vector<std::string>& arguments) {
  const auto number = [&](std::size_t i, std::int64_t otherwise) {
    return arguments.size() > i ? std::stoll(arguments[i]) : otherwise;
  };
  const c10::NoGradGuard no_grad;
  const auto checkpoint = resolve_checkpoint(arguments.at(0));
  const CheckpointState state = read_checkpoint_state(checkpoint);
  const Transformer transformer = load_model(checkpoint, state, at::kCPU);
  const tokens::ShardReader shards(std::filesystem::path(arguments.at(1)), tokens::Split::kValid);
  const std::int64_t repeats = number(2, 32);
  const Sample text = sample(shards, static_cast<std::size_t>(number(3, 16)));
  const std::int64_t pairs = number(4, 2);
  std::printf("%llu segments, %lld tokens, %lld repeats, %lld forwards\n%-28s %12s %12s %10s\n",
              static_cast<unsigned long long>(text.segments), static_cast<long long>(text.tokens),
              static_cast<long long>(repeats), static_cast<long long>(2 * pairs), "estimator", "bits/byte",
              "deviation", "times ours");
  double ours = 0;
  for (const char* name : {"ours", "LLaDA, independent k", "LLaDA, evenly spaced k", "MDLM, stratified t"}) {
    const auto [mean, deviation] = spread(transformer, name, text, pairs, repeats);
    if (ours == 0) ours = deviation;
    std::printf("%-28s %12.4f %12.5f %10.2f\n", name, mean, deviation, deviation / ours);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace palimpsest::model

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: estimator_spread MODEL SHARDS [REPEATS [ROWS_PER_LABEL [PAIRS]]]\n");
    return 2;
  }
  at::set_num_threads(1);
  return palimpsest::model::run({argv + 1, argv + argc});
}
