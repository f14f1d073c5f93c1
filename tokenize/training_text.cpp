#include "tokenize/training_text.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/signals.h"

namespace palimpsest::tokenize {
namespace {

constexpr std::size_t kBlockTexts = 64;

using Counts = std::unordered_map<std::string_view, std::uint64_t>;

}  // namespace

TrainingCorpus load_training_corpus(const std::filesystem::path& documents,
                                    const tokens::SplitOptions& options) {
  tokens::RepositoryContents contents;
  std::vector<std::pair<std::string, TrainingText>> texts;
  io::for_each_document(documents, [&](io::Document&& document) {
    base::throw_if_stopped();
    contents.add(document);
    texts.emplace_back(std::move(document.repo),
                       TrainingText{std::move(document.text), std::move(document.framework.label)});
  });
  TrainingCorpus corpus{.train = {}, .valid = {}, .split = {contents, options}};
  std::map<std::string, std::uint32_t> numbers;
  for (auto& [repo, text] : texts) {
    const tokens::Split split = corpus.split.of(repo);
    if (split == tokens::Split::kTest || text.text.empty()) continue;
    if (split == tokens::Split::kValid) {
      corpus.valid.push_back(std::move(text));
      continue;
    }
    text.repo = numbers.try_emplace(repo, static_cast<std::uint32_t>(numbers.size())).first->second;
    corpus.train.push_back(std::move(text));
  }
  corpus.train_repositories = numbers.size();
  if (corpus.train.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no training text",
                      {.where = documents.string(), .hint = "give ingest more sources"});
  }
  return corpus;
}

std::vector<WordCount> count_pre_tokens(const std::vector<TrainingText>& texts,
                                        const tokens::PreTokenizer& pre_tokenizer) {
  const std::size_t blocks = (texts.size() + kBlockTexts - 1) / kBlockTexts;
  std::vector<Counts> counts(blocks);
  tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t block) {
    std::vector<std::string_view> pieces;
    const std::size_t end = std::min(texts.size(), (block + 1) * kBlockTexts);
    for (std::size_t i = block * kBlockTexts; i < end; ++i) {
      pieces.clear();
      pre_tokenizer.split(texts[i].text, pieces);
      for (const std::string_view piece : pieces) ++counts[block][piece];
    }
  });
  Counts total;
  for (const Counts& part : counts) {
    for (const auto& [word, count] : part) total[word] += count;
  }
  std::vector<WordCount> words;
  words.reserve(total.size());
  for (const auto& [word, count] : total) words.push_back({std::string(word), count});
  std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  return words;
}

TokenCorpus encode_corpus(const std::vector<TrainingText>& texts, const tokens::PreTokenizer& pre_tokenizer,
                          const tokens::Tokenizer& tokenizer) {
  struct Encoded {
    std::vector<tokens::TokenId> ids;
    std::vector<std::size_t> ends;
  };
  std::vector<Encoded> parts(texts.size());
  tbb::parallel_for(std::size_t{0}, texts.size(), [&](std::size_t i) {
    std::vector<std::string_view> pieces;
    pre_tokenizer.split(texts[i].text, pieces);
    for (const std::string_view piece : pieces) {
      tokenizer.encode_into(piece, parts[i].ids);
      parts[i].ends.push_back(parts[i].ids.size());
    }
  });
  TokenCorpus corpus;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t begin = corpus.ids.size();
    if (begin + parts[i].ids.size() >= UINT32_MAX) {
      throw base::Error(base::ErrorCode::kBadData, "more training text than stage 2 can hold",
                        {.expected = "less than 2^32 tokens", .hint = "train on a part of the documents"});
    }
    corpus.ids.insert(corpus.ids.end(), parts[i].ids.begin(), parts[i].ids.end());
    for (const std::size_t end : parts[i].ends) {
      corpus.pre_token_ends.push_back(static_cast<std::uint32_t>(begin + end));
    }
    corpus.text_ends.push_back(static_cast<std::uint32_t>(corpus.ids.size()));
    corpus.text_repos.push_back(texts[i].repo);
    parts[i] = {};
  }
  return corpus;
}

}  // namespace palimpsest::tokenize
