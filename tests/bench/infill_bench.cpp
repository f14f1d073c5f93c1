// infill_bench TASKS MODEL [HOLES [CONTEXT]]: what a fill of known length costs and how often it is right, by
// sampler, with the context computed in every pass and once. One core; the samplers take turns on each hole.
//
// The peer of every row is the first: one token a step over the whole text.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <ATen/Parallel.h>

#include "common/model/sampler.h"
#include "common/model/transformer_denoiser.h"
#include "evaluate/bench/bench_task.h"
#include "evaluate/bench/text_metrics.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/infill/hole_context.h"

namespace {

using namespace palimpsest;

constexpr std::size_t kMostTokens = 32;

struct Row {
  model::SamplerKind kind;
  double entropy_bound;
  bool cached;
  std::vector<double> ms = {};
  std::int64_t forwards = 0;
  std::int64_t tokens = 0;
  double exact = 0;
  double edit = 0;
};

struct Hole {
  model::SamplingProblem problem;
  std::size_t left = 0;
  std::size_t right = 0;
  std::string canonical;
};

/// The task with as many masked tokens as what was cut out has; false where that is more than kMostTokens.
bool make_hole(const evaluate::LoadedModel& loaded, const infill::TokenMasks& masks, const bench::Task& task,
               std::size_t context_tokens, Hole& hole) {
  const std::size_t place = task.hole.prompt.size();
  const auto context = infill::make_hole_context(loaded.tokenizer, task.hole.path,
                                                 task.hole.prompt + task.hole.suffix, {{place, place}});
  hole.left = masks.left_bytes(context.edges[0]).size();
  hole.right = masks.right_bytes(context.edges[0]).size();
  hole.canonical = task.canonical;
  const std::size_t length = loaded.tokenizer
                                 .heal(task.hole.prompt + task.canonical + task.hole.suffix,
                                       place - hole.left, place + task.canonical.size() + hole.right)
                                 .inside.size();
  return length <= kMostTokens &&
         infill::make_problem(context, masks, {length}, context_tokens, {.any_bytes = true}, hole.problem);
}

void fill(const evaluate::LoadedModel& loaded, const Hole& hole, std::uint64_t seed, Row& row) {
  const auto begin = std::chrono::steady_clock::now();
  model::TransformerDenoiser denoiser(loaded.transformer, {.cache_context = row.cached});
  const model::SamplingResult result =
      model::sample(denoiser, hole.problem,
                    {.kind = row.kind,
                     .temperature = row.kind == model::SamplerKind::kAncestral ? 1.0 : 0.0,
                     .entropy_bound = row.entropy_bound,
                     .seed = seed});
  row.ms.push_back(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  row.forwards += result.forwards;
  std::string text;
  for (const model::FilledToken& token : result.runs[0]) text += loaded.tokenizer.bytes(token.id);
  text = text.substr(hole.left, text.size() - hole.left - hole.right);
  row.tokens += static_cast<std::int64_t>(result.runs[0].size());
  row.exact += bench::equal_but_for_ends(hole.canonical, text) ? 1 : 0;
  row.edit += bench::edit_similarity(hole.canonical, text);
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  at::set_num_threads(1);
  const std::vector<bench::Task> tasks = bench::load_tasks(argv[1]);
  const evaluate::LoadedModel loaded = evaluate::load_model_and_tokenizer(argv[2], "cpu");
  const std::size_t wanted = argc > 3 ? std::stoul(argv[3]) : 50;
  const std::size_t context = argc > 4 ? std::stoul(argv[4]) : 512;
  const infill::TokenMasks masks(loaded.tokenizer);
  std::vector<Row> rows = {{model::SamplerKind::kConfidence, 0, false}};
  for (const bool cached : {false, true}) {
    if (cached) rows.push_back({model::SamplerKind::kConfidence, 0, cached});
    rows.push_back({model::SamplerKind::kAncestral, 0, cached});
    rows.push_back({model::SamplerKind::kMargin, 0, cached});
    for (const double bound : {0.1, 0.5, 2.0})
      rows.push_back({model::SamplerKind::kEntropyBounded, bound, cached});
    rows.push_back({model::SamplerKind::kRemasking, 0.5, cached});
  }
  std::size_t holes = 0;
  const std::size_t stride = std::max<std::size_t>(1, tasks.size() / wanted);
  for (std::size_t i = 0; i < tasks.size() && holes < wanted; i += stride) {
    Hole hole;
    if (!make_hole(loaded, masks, tasks[i], context, hole)) continue;
    ++holes;
    for (Row& row : rows) fill(loaded, hole, i, row);
  }
  std::printf("%zu holes, context of at most %zu tokens, one thread\n", holes, context);
  std::printf("| sampler | context | forwards / token | ms, median | ms, 95 %% | ratio | exact | edit |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  const double peer = quantile(rows.front().ms, 0.5);
  for (const Row& row : rows) {
    std::string name(model::name_of(row.kind));
    if (row.entropy_bound > 0) name += " " + std::to_string(row.entropy_bound).substr(0, 3);
    const auto count = static_cast<double>(holes);
    std::printf("| %s | %s | %.2f | %.0f | %.0f | %.1f | %.1f | %.1f |\n", name.c_str(),
                row.cached ? "once" : "every pass",
                static_cast<double>(row.forwards) / static_cast<double>(row.tokens), quantile(row.ms, 0.5),
                quantile(row.ms, 0.95), peer / quantile(row.ms, 0.5), 100 * row.exact / count,
                100 * row.edit / count);
  }
}
