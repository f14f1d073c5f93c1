#include "evaluate/infill_examples.h"

#include <algorithm>

#include "common/base/progress.h"
#include "common/base/random.h"
#include "common/base/signals.h"
#include "common/model/sampler.h"
#include "common/model/transformer_denoiser.h"
#include "evaluate/infill/token_masks.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uint64_t kExampleStream = 0x696e66696c6c;  // "infill"
constexpr std::int64_t kAttempts = 100;

using Ids = std::vector<tokens::TokenId>;

/// A segment of a row with the place of its hole; empty when the drawn segment is too short.
struct Cut {
  tokens::SegmentInfo segment;
  Ids row;
  std::size_t hole_begin = 0;
};

bool draw_cut(const tokens::ShardReader& shards, std::size_t label, std::size_t hole, base::Random& random,
              Cut& cut) {
  const std::size_t row = random.below(shards.row_count(label));
  const auto segments = shards.segments(label, row);
  cut.segment = segments[random.below(segments.size())];
  const std::size_t first = cut.segment.begin + cut.segment.header_tokens;
  const std::size_t last = cut.segment.end - 1U;  // `<|end|>` stays
  if (last < first + 4 * hole) return false;      // at least some context
  cut.row.resize(shards.row_tokens());
  shards.read_row(label, row, cut.row);
  cut.hole_begin = first + hole + random.below(last - first - 3 * hole);
  return true;
}

InfillExample fill(const LoadedModel& loaded, const tokens::ShardReader& shards, std::size_t label,
                   const Cut& cut, std::size_t hole, const model::TokenMask& allowed) {
  const auto slice = [&](std::size_t begin, std::size_t end) {
    return Ids(cut.row.begin() + static_cast<std::ptrdiff_t>(begin),
               cut.row.begin() + static_cast<std::ptrdiff_t>(end));
  };
  const std::size_t text_begin = cut.segment.begin + cut.segment.header_tokens;
  const std::size_t begin = cut.hole_begin - cut.segment.begin;
  model::SamplingProblem problem{
      .text = {.ids = slice(cut.segment.begin, cut.segment.end), .header = cut.segment.header_tokens},
      .runs = {{.begin = begin, .end = begin + hole, .first = allowed, .last = allowed}},
      .inner = allowed};
  std::fill_n(problem.text.ids.begin() + static_cast<std::ptrdiff_t>(begin), hole, tokens::kMaskId);
  model::TransformerDenoiser denoiser(loaded.transformer);
  const model::SamplingResult result =
      model::sample(denoiser, problem, {.kind = model::SamplerKind::kConfidence});
  const Ids original = slice(cut.hole_begin, cut.hole_begin + hole);
  InfillExample example{.label = shards.labels()[label],
                        .path = shards.documents()[cut.segment.document].path,
                        .before = loaded.tokenizer.decode(slice(text_begin, cut.hole_begin)),
                        .after = loaded.tokenizer.decode(slice(cut.hole_begin + hole, cut.segment.end - 1U)),
                        .original = loaded.tokenizer.decode(original)};
  for (std::size_t i = 0; i < hole; ++i) {
    const model::FilledToken& token = result.runs[0][i];
    example.tokens.emplace_back(loaded.tokenizer.bytes(token.id));
    example.filled += example.tokens.back();
    example.confidence.push_back(token.confidence);
    example.order.push_back(token.order);
    example.correct_tokens += token.id == original[i] ? 1 : 0;
  }
  return example;
}

}  // namespace

std::vector<InfillExample> make_infill_examples(const LoadedModel& loaded, const tokens::ShardReader& shards,
                                                const ExampleOptions& options) {
  std::vector<InfillExample> examples;
  const auto hole = static_cast<std::size_t>(options.hole_tokens);
  const infill::TokenMasks masks(loaded.tokenizer);
  base::Progress progress("infill", shards.labels().size() * static_cast<std::uint64_t>(options.per_label),
                          "holes");
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    if (shards.row_count(label) == 0) continue;
    base::Random random{kExampleStream, options.seed, label};
    std::int64_t made = 0;
    for (std::int64_t attempt = 0; made < options.per_label && attempt < kAttempts * options.per_label;
         ++attempt) {
      Cut cut;
      if (!draw_cut(shards, label, hole, random, cut)) continue;
      base::throw_if_stopped();
      examples.push_back(fill(loaded, shards, label, cut, hole, masks.inner(false)));
      progress.add();
      ++made;
    }
  }
  return examples;
}

}  // namespace palimpsest::evaluate
