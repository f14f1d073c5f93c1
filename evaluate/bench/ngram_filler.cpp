#include "evaluate/bench/ngram_filler.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "common/base/hash.h"
#include "common/base/random.h"
#include "evaluate/bench/lexemes.h"

namespace palimpsest::bench {
namespace {

using Lexemes = std::vector<std::string_view>;

constexpr double kBackOff = 0.4;
constexpr std::size_t kBeforeBytes = 200;
constexpr std::size_t kAfterBytes = 40;
constexpr std::size_t kCopies = 32;

/// Adds a lexeme at the front of a run.
std::uint64_t extend(std::uint64_t run, std::string_view lexeme) {
  return base::mix64(run * 0x9e3779b97f4a7c15ULL + base::hash64(lexeme));
}

}  // namespace

void NgramCounts::learn(std::string_view text) {
  const Lexemes lexemes = split_lexemes(text);
  total_ += lexemes.size();
  for (std::size_t end = 1; end <= lexemes.size(); ++end) {
    std::uint64_t hash = 0;
    for (std::size_t order = 0; order < kOrder && order < end; ++order) {
      hash = extend(hash, lexemes[end - 1 - order]);
      seen_[order].push_back(hash);
    }
  }
}

void NgramCounts::finish() {
  for (std::size_t order = 0; order < kOrder; ++order) {
    std::vector<std::uint64_t>& seen = seen_[order];
    std::sort(seen.begin(), seen.end());
    for (const std::uint64_t hash : seen) {
      if (counts_[order].empty() || counts_[order].back().hash != hash) counts_[order].push_back({hash, 0});
      ++counts_[order].back().count;
    }
    std::vector<std::uint64_t>().swap(seen);
  }
}

std::uint64_t NgramCounts::count(std::size_t order, std::uint64_t hash) const {
  const auto found =
      std::lower_bound(counts_[order].begin(), counts_[order].end(), hash,
                       [](const Counted& counted, std::uint64_t h) { return counted.hash < h; });
  return found != counts_[order].end() && found->hash == hash ? found->count : 0;
}

double NgramCounts::log_score(const Lexemes& lexemes, std::size_t at) const {
  // A run with its last lexeme, and the same without it.
  std::uint64_t whole[kOrder];
  std::uint64_t context[kOrder] = {};
  const std::size_t orders = std::min(kOrder, at + 1);
  for (std::size_t order = 0; order < orders; ++order) {
    whole[order] = extend(order == 0 ? 0 : whole[order - 1], lexemes[at - order]);
    if (order > 0) context[order] = extend(context[order - 1], lexemes[at - order]);
  }
  double back_off = 0;
  for (std::size_t order = orders; order-- > 1;) {
    if (const std::uint64_t both = count(order, whole[order]); both > 0) {
      // Runs at the end of a text have no successor, so a context occurs at least as often as its runs.
      const std::uint64_t before = count(order - 1, context[order]);
      return back_off + std::log(static_cast<double>(both) / static_cast<double>(std::max(before, both)));
    }
    back_off += std::log(kBackOff);
  }
  const double unseen = static_cast<double>(total_ + counts_[0].size() + 1);
  return back_off + std::log((static_cast<double>(count(0, whole[0])) + 1) / unseen);
}

double NgramFiller::score(std::string_view before, std::string_view middle, std::string_view after) const {
  std::string text(before);
  text.append(middle).append(after);
  const Lexemes lexemes = split_lexemes(text);
  double sum = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < lexemes.size(); begin += lexemes[i].size(), ++i) {
    if (begin + lexemes[i].size() > before.size()) sum += counts_.log_score(lexemes, i);
  }
  return sum;
}

Fills NgramFiller::fill(const Hole& hole, std::size_t candidates, std::uint64_t seed) const {
  Fills middles = frequent_.ranked(hole.kind);
  for (std::string& middle : copy_.fill(hole, kCopies, seed)) middles.push_back(std::move(middle));
  std::sort(middles.begin(), middles.end());
  middles.erase(std::unique(middles.begin(), middles.end()), middles.end());
  const std::string_view before = last_part(hole.prompt, kBeforeBytes);
  const std::string_view after = std::string_view(hole.suffix).substr(0, kAfterBytes);
  std::vector<std::pair<double, std::string>> scored;
  for (std::string& middle : middles) scored.emplace_back(-score(before, middle, after), std::move(middle));
  std::sort(scored.begin(), scored.end());
  Fills fills;
  for (auto& [cost, middle] : scored) {
    if (fills.size() < candidates) fills.push_back(std::move(middle));
  }
  return fills;
}

}  // namespace palimpsest::bench
