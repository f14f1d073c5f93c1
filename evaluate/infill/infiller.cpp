#include "evaluate/infill/infiller.h"

#include <algorithm>
#include <utility>

#include "common/base/error.h"
#include "common/tokens/visible_header.h"
#include "evaluate/infill/group_fill.h"

namespace palimpsest::infill {
namespace {

constexpr std::size_t kMostBetween = 16U << 10;  ///< bytes between holes that share a context
constexpr std::size_t kGuessedTokens = 16;       ///< room that a hole of unknown length is given

void check_holes(const InfillRequest& request) {
  const auto refuse = [](const char* what, const std::string& got) {
    throw base::Error(base::ErrorCode::kUsage, what, {.got = got});
  };
  if (request.holes.empty()) refuse("no hole", "an empty list");
  std::size_t last = 0;
  for (const TextRange& hole : request.holes) {
    const std::string range = std::to_string(hole.begin) + " to " + std::to_string(hole.end);
    if (hole.end < hole.begin || hole.end > request.text.size()) refuse("hole outside the text", range);
    if (hole.begin < last) refuse("holes overlap or are out of order", range);
    last = hole.end;
  }
}

/// The group's holes in a text in which earlier holes are filled and later ones are empty.
InfillRequest group_of(const InfillRequest& request, std::size_t begin, std::size_t end,
                       const std::vector<HoleFill>& filled) {
  InfillRequest group{.path = request.path, .grammar = request.grammar};
  std::size_t at = 0;
  for (std::size_t i = 0; i < request.holes.size(); ++i) {
    const TextRange& hole = request.holes[i];
    group.text.append(request.text, at, hole.begin - at);
    if (i < filled.size()) group.text += filled[i].text;
    const std::size_t place = group.text.size();
    if (i >= begin && i < end) group.holes.push_back({place, place});
    at = hole.end;
  }
  group.text.append(request.text, at);
  return group;
}

}  // namespace

void InfillOptions::validate() const {
  sampler.validate();
  const auto refuse = [](const char* option, std::size_t got, const char* expected) {
    throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + option,
                      {.got = std::to_string(got), .expected = expected});
  };
  if (context_tokens < 8 || context_tokens > 65536) refuse("context", context_tokens, "8 to 65536 tokens");
  if (max_tokens < 1) refuse("most tokens of a fill", max_tokens, "1 or more");
  if (candidates < 1 || candidates > 1000) refuse("number of candidates", candidates, "1 to 1000");
}

Infiller::Infiller(const tokens::Tokenizer& tokenizer, DenoiserFactory make_denoiser, InfillOptions options)
    : tokenizer_(tokenizer), masks_(tokenizer), make_denoiser_(std::move(make_denoiser)), options_(options) {
  options_.validate();
}

InfillResult Infiller::fill(const InfillRequest& request, const model::SamplingWatcher& watcher) const {
  check_holes(request);
  InfillResult joined;
  for (std::size_t begin = 0; begin < request.holes.size();) {
    const std::size_t end = group_end(request, begin);
    std::vector<HoleFill> done;
    if (!joined.candidates.empty()) done = joined.candidates.front().fills;
    const InfillRequest group = group_of(request, begin, end, done);
    InfillResult result = fill_group({tokenizer_, masks_, make_denoiser_, options_, group}, watcher);
    result.forwards += joined.forwards;
    if (begin > 0) {
      InfillCandidate& best = result.candidates.front();
      best.fills.insert(best.fills.begin(), done.begin(), done.end());
      best.score += joined.candidates.front().score;
      result.expert_probs = joined.expert_probs;
    }
    if (begin > 0 || end < request.holes.size()) result.candidates.resize(1);
    joined = std::move(result);
    begin = end;
  }
  return joined;
}

std::size_t Infiller::group_end(const InfillRequest& request, std::size_t begin) const {
  const std::size_t each =
      options_.tokens > 0 ? options_.tokens : std::min(options_.max_tokens, kGuessedTokens);
  const std::size_t header = tokens::kMaxHeaderTokens;
  const std::size_t room = options_.context_tokens > 2 * header ? (options_.context_tokens - header) / 2 : 0;
  std::size_t taken = each;
  std::size_t end = begin + 1;
  for (; end < request.holes.size(); ++end) {
    const std::size_t from = request.holes[end - 1].end;
    const std::size_t bytes = request.holes[end].begin - from;
    if (bytes > kMostBetween) break;
    taken += each + tokenizer_.count(std::string_view(request.text).substr(from, bytes),
                                     {.broken_utf8 = tokens::BrokenUtf8::kBytes});
    if (taken > room) break;
  }
  return end;
}

std::string splice(const InfillRequest& request, const std::vector<HoleFill>& fills) {
  std::string text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < request.holes.size(); ++i) {
    text.append(request.text, at, request.holes[i].begin - at).append(fills[i].text);
    at = request.holes[i].end;
  }
  return text.append(request.text, at);
}

}  // namespace palimpsest::infill
