#include "tokenize/corpus_counts.h"

#include <algorithm>
#include <unordered_map>

#include <tbb/parallel_for.h>

#include "common/base/error.h"

namespace palimpsest::tokenize {
namespace {

constexpr std::size_t kBlockTexts = 64;

using Counts = std::unordered_map<std::string_view, std::uint64_t>;

/// Calls `visit` for each pre-token of each unit of the text.
template <typename Visit>
void for_each_pre_token(const TrainingText& text, const tokens::PreTokenizer& pre_tokenizer, UnitCut cut,
                        const Visit& visit) {
  std::vector<std::string_view> units;
  cut_units(text.text, cut, units);
  std::vector<std::string_view> pieces;
  for (const std::string_view unit : units) {
    pieces.clear();
    pre_tokenizer.split(unit, pieces);
    for (const std::string_view piece : pieces) visit(piece);
  }
}

void append_offset(std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& ends,
                   std::size_t begin) {
  for (const std::uint32_t end : ends) to.push_back(static_cast<std::uint32_t>(begin + end));
}

}  // namespace

std::vector<WordCount> count_pre_tokens(const std::vector<TrainingText>& texts,
                                        const tokens::PreTokenizer& pre_tokenizer, UnitCut cut) {
  const std::size_t blocks = (texts.size() + kBlockTexts - 1) / kBlockTexts;
  std::vector<Counts> counts(blocks);
  tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t block) {
    const std::size_t end = std::min(texts.size(), (block + 1) * kBlockTexts);
    for (std::size_t i = block * kBlockTexts; i < end; ++i) {
      for_each_pre_token(texts[i], pre_tokenizer, cut,
                         [&](std::string_view piece) { counts[block][piece] += texts[i].weight; });
    }
  });
  Counts total;
  for (Counts& part : counts) {
    for (const auto& [word, count] : part) total[word] += count;
    part = {};
  }
  std::vector<WordCount> words;
  words.reserve(total.size());
  for (const auto& [word, count] : total) words.push_back({std::string(word), count});
  std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  return words;
}

TokenCorpus encode_corpus(const std::vector<TrainingText>& texts, const tokens::PreTokenizer& pre_tokenizer,
                          const tokens::Tokenizer& tokenizer, UnitCut cut) {
  struct Encoded {
    std::vector<tokens::TokenId> ids;
    std::vector<std::uint32_t> ends;
  };
  std::vector<Encoded> parts(texts.size());
  tbb::parallel_for(std::size_t{0}, texts.size(), [&](std::size_t i) {
    for_each_pre_token(texts[i], pre_tokenizer, cut, [&](std::string_view piece) {
      tokenizer.encode_into(piece, parts[i].ids);
      parts[i].ends.push_back(static_cast<std::uint32_t>(parts[i].ids.size()));
    });
    parts[i].ids.shrink_to_fit();
  });
  std::size_t size = 0;
  for (const Encoded& part : parts) size += part.ids.size();
  if (size >= UINT32_MAX) {
    throw base::Error(base::ErrorCode::kBadData, "more training text than stage 2 can hold",
                      {.expected = "less than 2^32 tokens", .hint = "use a smaller --memory"});
  }
  TokenCorpus corpus;
  corpus.ids.reserve(size);
  bool weighted = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    append_offset(corpus.pre_token_ends, parts[i].ends, corpus.ids.size());
    corpus.ids.insert(corpus.ids.end(), parts[i].ids.begin(), parts[i].ids.end());
    corpus.text_ends.push_back(static_cast<std::uint32_t>(corpus.ids.size()));
    corpus.text_repos.push_back(texts[i].repo);
    corpus.text_weights.push_back(texts[i].weight);
    weighted = weighted || texts[i].weight != 1;
    parts[i] = {};
  }
  if (!weighted) corpus.text_weights.clear();
  return corpus;
}

}  // namespace palimpsest::tokenize
