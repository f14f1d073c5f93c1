#include "evaluate/infill/group_fill.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <simdjson.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/syntax/syntax_errors.h"

namespace palimpsest::infill {
namespace {

/// Lengths that the search tries: each at most a half more than the one before.
constexpr std::array<std::size_t, 16> kLengths = {1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128};
constexpr std::size_t kFirstGuess = 4;      ///< of a hole whose turn has not come
constexpr std::size_t kScoredAround = 4;    ///< visible tokens on each side of a run that score() asks for
constexpr double kTokenBonus = 0.5;         ///< nats; without it the search prefers short fills
constexpr double kRedrawTemperature = 0.7;  ///< when the most probable fill is there already

bool is_blank(const HoleFill& fill) {
  return fill.text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// Smaller is better: first something, then few syntax errors, then likely.
using Rank = std::tuple<std::ptrdiff_t, std::size_t, double>;

Rank rank_of(const InfillCandidate& candidate) {
  return {std::count_if(candidate.fills.begin(), candidate.fills.end(), is_blank), candidate.syntax_errors,
          -candidate.score};
}

bool is_utf8(const HoleFill& fill) {
  return simdjson::validate_utf8(fill.text);
}

}  // namespace

GroupFill::GroupFill(const tokens::Tokenizer& tokenizer, const TokenMasks& masks,
                     const DenoiserFactory& make_denoiser, const InfillOptions& options,
                     const InfillRequest& request, const model::SamplingWatcher& watcher)
    : tokenizer_(tokenizer),
      masks_(masks),
      make_denoiser_(make_denoiser),
      options_(options),
      request_(request),
      watcher_(watcher),
      context_(make_hole_context(tokenizer, request.path, request.text, request.holes)) {}

InfillResult GroupFill::run() {
  const std::vector<Lengths> ranked = rank_lengths();
  const std::size_t holes = ranked.size();
  const auto nth_best = [&](std::size_t n) {  // all best, then one hole at a time the next best
    Lengths lengths;
    for (const Lengths& of_hole : ranked) lengths.push_back(of_hole.front());
    if (n == 0) return lengths;
    const std::size_t hole = (n - 1) % holes;
    const std::size_t rank = (n - 1) / holes + 1;
    if (rank < ranked[hole].size()) lengths[hole] = ranked[hole][rank];
    return lengths;
  };
  std::vector<Lengths> tried;
  for (std::size_t n = 0; n < 2 * options_.candidates && result_.candidates.size() < options_.candidates;
       ++n) {
    const Lengths lengths = nth_best(n);
    model::SamplerOptions sampler = options_.sampler;
    sampler.seed ^= base::mix64(n);
    const bool again = std::find(tried.begin(), tried.end(), lengths) != tried.end();
    if (again && sampler.temperature == 0) sampler.temperature = kRedrawTemperature;
    tried.push_back(lengths);
    InfillCandidate candidate = make_candidate(lengths, sampler);
    const auto same = [&](const InfillCandidate& other) {
      return std::equal(other.fills.begin(), other.fills.end(), candidate.fills.begin(),
                        [](const HoleFill& a, const HoleFill& b) { return a.text == b.text; });
    };
    if (std::none_of(result_.candidates.begin(), result_.candidates.end(), same))
      result_.candidates.push_back(std::move(candidate));
  }
  std::stable_sort(result_.candidates.begin(), result_.candidates.end(),
                   [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
  return std::move(result_);
}

std::vector<GroupFill::Lengths> GroupFill::rank_lengths() {
  const std::size_t holes = request_.holes.size();
  if (options_.tokens > 0) return std::vector<Lengths>(holes, Lengths{options_.tokens});
  Lengths best(holes, kFirstGuess);
  std::vector<Lengths> ranked;
  for (std::size_t hole = 0; hole < holes; ++hole) {
    ranked.push_back(rank_lengths_of(hole, best));
    best[hole] = ranked.back().front();
  }
  return ranked;
}

GroupFill::Lengths GroupFill::rank_lengths_of(std::size_t hole, const Lengths& others) {
  const std::size_t taken = std::accumulate(others.begin(), others.end(), std::size_t{0}) - others[hole];
  const std::size_t room = most_masked(context_, options_.context_tokens);
  const std::size_t most = std::min(options_.max_tokens, room - std::min(room, taken));
  std::map<std::size_t, Rank> ranks;
  const auto try_length = [&](std::size_t length) {
    Lengths lengths = others;
    lengths[hole] = length;
    const model::SamplerOptions surest{.kind = model::SamplerKind::kEntropyBounded};
    if (const auto draft = sample(lengths, surest, true, true)) ranks[length] = rank_of(*draft);
  };
  for (const std::size_t length : kLengths) {
    if (length <= most) try_length(length);
  }
  const auto best = [&] {
    return std::min_element(ranks.begin(), ranks.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; });
  };
  if (!ranks.empty()) {  // then every length between the best and those beside it
    const std::size_t around = best()->first;
    const auto place = std::lower_bound(kLengths.begin(), kLengths.end(), around);
    const std::size_t from = place == kLengths.begin() ? around : *std::prev(place) + 1;
    const std::size_t to =
        std::next(place) == kLengths.end() ? around : std::min(most, *std::next(place) - 1);
    for (std::size_t length = from; length <= to; ++length) {
      if (length != around) try_length(length);
    }
  }
  if (ranks.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no fill fits",
                      {.got = "at most " + std::to_string(most) + " tokens",
                       .hint = "allow more tokens or a longer context"});
  }
  Lengths ranked;
  for (const auto& [length, rank] : ranks) ranked.push_back(length);
  std::stable_sort(ranked.begin(), ranked.end(), [&](auto a, auto b) { return ranks[a] < ranks[b]; });
  return ranked;
}

std::optional<InfillCandidate> GroupFill::sample(const Lengths& lengths, const model::SamplerOptions& sampler,
                                                 bool any_bytes, bool draft) {
  model::SamplingProblem problem;
  if (!make_problem(context_, masks_, lengths, options_.context_tokens,
                    {.allows_empty = options_.allows_empty, .any_bytes = any_bytes}, problem))
    return std::nullopt;
  const auto denoiser = make_denoiser_(draft);
  const model::SamplingResult sampled =
      model::sample(*denoiser, problem, sampler, draft ? model::SamplingWatcher() : watcher_);
  if (result_.expert_probs.empty()) result_.expert_probs = denoiser->expert_probs();
  result_.forwards += sampled.forwards;
  InfillCandidate candidate{.score = score(problem, sampled)};
  for (std::size_t hole = 0; hole < sampled.runs.size(); ++hole)
    candidate.fills.push_back(to_fill(hole, sampled.runs[hole]));
  candidate.syntax_errors = count_errors(candidate.fills);
  return candidate;
}

InfillCandidate GroupFill::make_candidate(const Lengths& lengths, const model::SamplerOptions& sampler) {
  std::optional<InfillCandidate> candidate = sample(lengths, sampler, true, false);
  if (!candidate) refuse_length();
  if (std::all_of(candidate->fills.begin(), candidate->fills.end(), is_utf8)) return *std::move(candidate);
  std::optional<InfillCandidate> utf8 = sample(lengths, sampler, false, false);
  return *std::move(utf8 ? utf8 : candidate);
}

void GroupFill::refuse_length() const {
  throw base::Error(
      base::ErrorCode::kUsage, "no fill has so few tokens",
      {.got = std::to_string(options_.tokens), .hint = "the tokens at both edges of the hole count"});
}

HoleFill GroupFill::to_fill(std::size_t hole, const std::vector<model::FilledToken>& tokens) const {
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

std::size_t GroupFill::count_errors(const std::vector<HoleFill>& fills) const {
  if (!request_.grammar) return 0;
  syntax::SyntaxParser parser;
  const auto tree = parser.parse_as(splice(request_, fills), *request_.grammar);
  return tree ? syntax::count_syntax_errors(*tree, 0, 0).in_file : 0;
}

double GroupFill::score(const model::SamplingProblem& problem, const model::SamplingResult& result) {
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
    ++result_.forwards;
    for (std::size_t i = 0; i < around.size(); ++i) sum += static_cast<double>(seen.row(i)[ids[around[i]]]);
  }
  return sum + kTokenBonus * static_cast<double>(filled);
}

}  // namespace palimpsest::infill
