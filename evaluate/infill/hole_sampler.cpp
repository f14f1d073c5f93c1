#include "evaluate/infill/hole_sampler.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <simdjson.h>

#include "common/syntax/syntax_errors.h"

namespace palimpsest::infill {
namespace {

constexpr std::size_t kScoredAround = 4;   ///< visible tokens on each side of a run that score() asks for
constexpr std::size_t kDraftContext = 96;  ///< visible tokens of a draft around all holes
constexpr double kTokenBonus = 0.5;        ///< nats; without it the search prefers short fills

bool is_blank(const HoleFill& fill) {
  return fill.text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

bool is_utf8(const InfillCandidate& candidate) {
  return std::all_of(candidate.fills.begin(), candidate.fills.end(),
                     [](const HoleFill& fill) { return simdjson::validate_utf8(fill.text); });
}

CandidateRank rank_of(const InfillCandidate& candidate) {
  return {candidate.blank_fills, candidate.syntax_errors, -candidate.score};
}

HoleSampler::HoleSampler(const tokens::Tokenizer& tokenizer, const TokenMasks& masks,
                         const DenoiserFactory& make_denoiser, const InfillOptions& options,
                         const InfillRequest& request)
    : tokenizer_(tokenizer),
      masks_(masks),
      make_denoiser_(make_denoiser),
      options_(options),
      request_(request),
      context_(make_hole_context(tokenizer, request.path, request.text, request.holes)) {}

std::optional<Draw> HoleSampler::draw(const Lengths& lengths, const model::SamplerOptions& sampler,
                                      bool draft, const model::SamplingWatcher& watcher) const {
  std::optional<Draw> any = draw_bytes(lengths, sampler, true, draft, watcher);
  if (draft || !any) return any;
  if (is_utf8(any->candidate)) return any;
  std::optional<Draw> utf8 = draw_bytes(lengths, sampler, false, draft, watcher);
  if (!utf8) return any;
  utf8->forwards += any->forwards;
  return utf8;
}

std::optional<Draw> HoleSampler::draw_bytes(const Lengths& lengths, const model::SamplerOptions& sampler,
                                            bool any_bytes, bool draft,
                                            const model::SamplingWatcher& watcher) const {
  model::SamplingProblem problem;
  const FillLimits limits{.allows_empty = options_.allows_empty, .any_bytes = any_bytes};
  const std::size_t masked = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  const std::size_t context_tokens =
      draft ? std::min(options_.context_tokens, fixed_tokens(context_) + masked + kDraftContext)
            : options_.context_tokens;
  if (!make_problem(context_, masks_, lengths, context_tokens, limits, problem)) return std::nullopt;
  const auto denoiser = make_denoiser_(draft);
  const model::SamplingResult sampled = model::sample(*denoiser, problem, sampler, watcher);
  Draw draw{.forwards = sampled.forwards + 1, .expert_probs = denoiser->expert_probs()};
  draw.candidate.score = score(problem, sampled);
  for (std::size_t hole = 0; hole < sampled.runs.size(); ++hole)
    draw.candidate.fills.push_back(to_fill(hole, sampled.runs[hole]));
  if (!options_.allows_empty) {
    draw.candidate.blank_fills = static_cast<std::size_t>(
        std::count_if(draw.candidate.fills.begin(), draw.candidate.fills.end(), is_blank));
  }
  draw.candidate.syntax_errors = count_errors(draw.candidate.fills);
  return draw;
}

HoleFill HoleSampler::to_fill(std::size_t hole, const std::vector<model::FilledToken>& tokens) const {
  const std::size_t left = masks_.left_bytes(context_.edges[hole]).size();
  const std::size_t right = masks_.right_bytes(context_.edges[hole]).size();
  HoleFill fill;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::string_view text = tokenizer_.bytes(tokens[i].id);
    if (i == 0) text.remove_prefix(left);
    if (i + 1 == tokens.size()) text.remove_suffix(right);
    if (text.empty()) continue;
    fill.text += text;
    fill.pieces.push_back({std::string(text), tokens[i].confidence, tokens[i].order});
  }
  return fill;
}

std::size_t HoleSampler::count_errors(const std::vector<HoleFill>& fills) const {
  if (!request_.grammar) return 0;
  syntax::SyntaxParser parser;
  const auto tree = parser.parse_as(splice(request_, fills), *request_.grammar);
  return tree ? syntax::count_syntax_errors(*tree, 0, 0).in_file : 0;
}

double HoleSampler::score(const model::SamplingProblem& problem, const model::SamplingResult& result) const {
  model::MaskedText text = problem.text;
  std::vector<std::size_t> around;
  std::size_t filled = 0;
  std::size_t last_end = text.header;
  for (std::size_t r = 0; r < problem.runs.size(); ++r) {
    const model::MaskedRun& run = problem.runs[r];
    for (std::size_t i = 0; i < result.runs[r].size(); ++i) text.ids[run.begin + i] = result.runs[r][i].id;
    filled += result.runs[r].size();
    const std::size_t before = std::min(kScoredAround, run.begin - last_end);
    const std::size_t next = r + 1 < problem.runs.size() ? problem.runs[r + 1].begin : text.ids.size();
    const std::size_t after = std::min(kScoredAround, next - run.end);
    for (std::size_t p = run.begin - before; p < run.begin; ++p) around.push_back(p);
    for (std::size_t p = run.end; p < run.end + after; ++p) around.push_back(p);
    last_end = run.end + after;
  }
  double sum = result.log_likelihood;
  if (!around.empty()) {
    const std::vector<tokens::TokenId> ids = text.ids;
    for (const std::size_t position : around) text.ids[position] = tokens::kMaskId;
    const model::LogProbabilities seen = make_denoiser_(false)->denoise(text, around);
    for (std::size_t i = 0; i < around.size(); ++i) sum += static_cast<double>(seen.row(i)[ids[around[i]]]);
  }
  return sum + kTokenBonus * static_cast<double>(filled);
}

}  // namespace palimpsest::infill
