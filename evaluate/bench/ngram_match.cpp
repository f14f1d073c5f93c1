#include "evaluate/bench/ngram_match.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace palimpsest::bench {
namespace {

constexpr std::size_t kMaxOrder = 4;
constexpr double kSmoothing = 0.1;
constexpr double kOtherWordWeight = 0.2;

using Ngram = std::array<std::string_view, kMaxOrder>;
using Counts = std::map<Ngram, double>;

Counts count_ngrams(const Words& words, std::size_t order) {
  Counts counts;
  for (std::size_t i = 0; i + order <= words.size(); ++i) {
    Ngram ngram{};
    std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(i), order, ngram.begin());
    ++counts[ngram];
  }
  return counts;
}

struct Ratio {
  double matched = 0;
  double total = 0;
};

/// How much of `counted` is in `other` too, each n-gram as often as there.
template <typename Weight>
Ratio overlap(const Counts& counted, const Counts& other, Weight weight) {
  Ratio ratio;
  for (const auto& [ngram, count] : counted) {
    const auto found = other.find(ngram);
    const double common = found == other.end() ? 0 : std::min(count, found->second);
    ratio.matched += common * weight(ngram[0]);
    ratio.total += count * weight(ngram[0]);
  }
  ratio.total = std::max(1.0, ratio.total);
  return ratio;
}

double brevity_penalty(double reference_length, double candidate_length) {
  if (candidate_length > reference_length) return 1;
  return candidate_length == 0 ? 0 : std::exp(1 - reference_length / candidate_length);
}

double geometric_mean(const std::array<Ratio, kMaxOrder>& ratios) {
  if (ratios[0].matched == 0) return 0;
  double sum = 0;
  for (const Ratio& ratio : ratios) {
    sum += std::log((ratio.matched == 0 ? kSmoothing : ratio.matched) / ratio.total);
  }
  return std::exp(sum / static_cast<double>(kMaxOrder));
}

double plain(std::string_view) {
  return 1;
}

}  // namespace

double ngram_match(const Words& reference, const Words& candidate) {
  std::array<Ratio, kMaxOrder> ratios;
  for (std::size_t n = 1; n <= kMaxOrder; ++n) {
    ratios[n - 1] = overlap(count_ngrams(candidate, n), count_ngrams(reference, n), plain);
  }
  return geometric_mean(ratios) *
         brevity_penalty(static_cast<double>(reference.size()), static_cast<double>(candidate.size()));
}

double weighted_ngram_match(const Words& reference, const Words& candidate,
                            const std::set<std::string_view>& keywords) {
  constexpr double kReferenceLength = 2;
  const auto weight = [&](std::string_view word) { return keywords.contains(word) ? 1 : kOtherWordWeight; };
  std::array<Ratio, kMaxOrder> ratios;
  ratios[0] = overlap(count_ngrams(reference, 1), count_ngrams(candidate, 1), weight);
  for (std::size_t n = 2; n <= kMaxOrder; ++n) {
    ratios[n - 1] = overlap(count_ngrams(reference, n), count_ngrams(candidate, n), plain);
  }
  return geometric_mean(ratios) * brevity_penalty(kReferenceLength, static_cast<double>(candidate.size()));
}

}  // namespace palimpsest::bench
