#include "tokenize/corpus_measure.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

double ratio(std::uint64_t a, std::uint64_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

CorpusMeasure empty_measure(std::size_t size) {
  return {.by_label = {},
          .token_counts = std::vector<std::uint64_t>(size),
          .token_repositories = std::vector<std::uint32_t>(size)};
}

void add(CorpusMeasure& to, const CorpusMeasure& other) {
  for (const auto& [label, part] : other.by_label) to.by_label[label] += part;
  for (std::size_t id = 0; id < to.token_counts.size(); ++id) {
    to.token_counts[id] += other.token_counts[id];
    to.token_repositories[id] += other.token_repositories[id];
  }
}

/// The merge of each token that has just one; {0, 0} for the others.
std::vector<std::pair<TokenId, TokenId>> only_parts(const tokens::Vocabulary& vocabulary) {
  std::vector<std::pair<TokenId, TokenId>> parts(vocabulary.tokens.size());
  std::vector<int> merges(vocabulary.tokens.size());
  for (const tokens::MergeRule& merge : vocabulary.merges) {
    const bool first = ++merges[merge.result] == 1;
    parts[merge.result] = first ? std::pair(merge.left, merge.right) : std::pair<TokenId, TokenId>{};
  }
  return parts;
}

void measure_text(const TrainingText& text, const tokens::Tokenizer& tokenizer, CorpusMeasure& measure,
                  std::vector<bool>& used) {
  const std::vector<TokenId> ids = tokenizer.encode(text.text);
  for (const TokenId id : ids) {
    ++measure.token_counts[id];
    used[id] = true;
  }
  const TextMeasure part{
      .bytes = text.text.size(),
      .lines = static_cast<std::uint64_t>(std::count(text.text.begin(), text.text.end(), '\n')) +
               (text.text.ends_with('\n') ? 0 : 1),
      .tokens = ids.size(),
      .identifiers = identifier_boundaries(text.text, ids, tokenizer)};
  measure.by_label[text.label] += part;
  measure.by_label[kAllLabels] += part;
}

}  // namespace

void TextMeasure::operator+=(const TextMeasure& other) {
  bytes += other.bytes;
  lines += other.lines;
  tokens += other.tokens;
  identifiers += other.identifiers;
}

double TextMeasure::bytes_per_token() const {
  return ratio(bytes, tokens);
}
double TextMeasure::tokens_per_line() const {
  return ratio(tokens, lines);
}

CorpusMeasure measure_corpus(const std::vector<TrainingText>& texts, const tokens::Tokenizer& tokenizer,
                             const tokens::Vocabulary& vocabulary) {
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i == 0 || texts[i].repo != texts[i - 1].repo) begins.push_back(i);
  }
  const auto parts = only_parts(vocabulary);
  tbb::enumerable_thread_specific<CorpusMeasure> measures([&] { return empty_measure(tokenizer.size()); });
  tbb::parallel_for(std::size_t{0}, begins.size(), [&](std::size_t repo) {
    CorpusMeasure& measure = measures.local();
    std::vector<bool> used(tokenizer.size());
    const std::size_t end = repo + 1 < begins.size() ? begins[repo + 1] : texts.size();
    for (std::size_t i = begins[repo]; i < end; ++i) measure_text(texts[i], tokenizer, measure, used);
    for (std::size_t id = used.size(); id-- > tokens::kSpecialCount;) {  // parts have lower ids
      if (!used[id]) continue;
      ++measure.token_repositories[id];
      used[parts[id].first] = used[parts[id].second] = true;
    }
  });
  CorpusMeasure total = empty_measure(tokenizer.size());
  for (const CorpusMeasure& part : measures) add(total, part);
  return total;
}

double renyi_efficiency(const std::vector<std::uint64_t>& counts, double alpha) {
  double total = 0;
  for (const std::uint64_t count : counts) total += static_cast<double>(count);
  if (total == 0 || counts.size() < 2) return 0;
  double sum = 0;
  for (const std::uint64_t count : counts) sum += std::pow(static_cast<double>(count) / total, alpha);
  return std::log(sum) / (1 - alpha) / std::log(static_cast<double>(counts.size()));
}

}  // namespace palimpsest::tokenize
