#include "tokenize/training_text.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/base/signals.h"
#include "tokenize/text_sample.h"

namespace palimpsest::tokenize {
namespace {

/// What is remembered of a block while the choice is made.
struct BlockInfo {
  std::string repo;
  std::string label;
  std::uint64_t key = 0;
  std::uint64_t bytes = 0;
  bool taken = false;
};

/// Calls `visit_document`, then `visit_block` with each of its blocks and the block's key.
template <typename VisitDocument, typename VisitBlock>
void for_each_block(const std::filesystem::path& documents, const VisitDocument& visit_document,
                    const VisitBlock& visit_block) {
  io::for_each_document(documents, [&](io::Document&& document) {
    base::throw_if_stopped();
    visit_document(document);
    std::uint64_t number = 0;
    for (const std::string_view block : text_blocks(document.text, kMaxTextBytes)) {
      visit_block(document, block, base::hash64(document.id, number++));
    }
  });
}

void choose(std::vector<BlockInfo>& blocks, const tokens::RepositorySplit& split, std::uint64_t seed,
            std::uint64_t max_bytes) {
  std::vector<SampleItem> items;
  std::vector<BlockInfo*> candidates;
  for (BlockInfo& block : blocks) {
    if (split.of(block.repo) == tokens::Split::kTest) continue;
    items.push_back({.stratum = block.repo + '\0' + block.label,
                     .key = base::Random({seed, block.key}).next(),
                     .bytes = block.bytes});
    candidates.push_back(&block);
  }
  const std::vector<bool> taken = stratified_sample(items, max_bytes);
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i]->taken = taken[i];
}

/// By repository and key; numbers the repositories and returns how many there are.
std::size_t sort_and_number(std::vector<std::pair<std::string, TrainingText>>& from,
                            std::vector<TrainingText>& to) {
  std::sort(from.begin(), from.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.key, a.second.text) < std::tie(b.first, b.second.key, b.second.text);
  });
  std::uint32_t repositories = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (i == 0 || from[i].first != from[i - 1].first) ++repositories;
    from[i].second.repo = repositories - 1;
    to.push_back(std::move(from[i].second));
  }
  return repositories;
}

}  // namespace

HeldText TrainingCorpus::held() const {
  HeldText all;
  for (const auto& [label, part] : held_by_label) {
    all.bytes += part.bytes;
    all.held += part.held;
  }
  return all;
}

TrainingCorpus load_training_corpus(const std::filesystem::path& documents,
                                    const tokens::SplitOptions& options, std::uint64_t max_bytes) {
  tokens::RepositoryContents contents;
  std::vector<BlockInfo> blocks;
  for_each_block(
      documents, [&](const io::Document& document) { contents.add(document); },
      [&](const io::Document& document, std::string_view text, std::uint64_t key) {
        blocks.push_back({document.repo, document.framework.label, key, text.size()});
      });
  TrainingCorpus corpus{.train = {}, .valid = {}, .split = {contents, options}};
  choose(blocks, corpus.split, options.seed, max_bytes);

  std::vector<std::pair<std::string, TrainingText>> train;
  std::vector<std::pair<std::string, TrainingText>> valid;
  std::size_t next = 0;
  const auto take = [&](const io::Document& document, std::string_view text, std::uint64_t key) {
    const BlockInfo& block = blocks.at(next++);
    const tokens::Split split = corpus.split.of(block.repo);
    if (split == tokens::Split::kTest) return;
    HeldText& held = corpus.held_by_label[block.label];
    held.bytes += block.bytes;
    if (!block.taken) return;
    held.held += block.bytes;
    (split == tokens::Split::kValid ? valid : train)
        .emplace_back(document.repo, TrainingText{std::string(text), document.framework.label, 0, key});
  };
  for_each_block(
      documents, [](const io::Document&) {}, take);
  corpus.train_repositories = sort_and_number(train, corpus.train);
  corpus.valid_repositories = sort_and_number(valid, corpus.valid);
  if (corpus.train.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no training text",
                      {.where = documents.string(), .hint = "give ingest more sources"});
  }
  return corpus;
}

void balance_labels(std::vector<TrainingText>& texts) {
  std::map<std::string, std::uint64_t> bytes;
  std::uint64_t most = 0;
  for (const TrainingText& text : texts) {
    most = std::max(most, bytes[text.label] += text.text.size());
  }
  for (TrainingText& text : texts) {
    const std::uint64_t own = bytes[text.label];
    text.weight = (kBalancedWeight * most + own / 2) / own;
  }
}

}  // namespace palimpsest::tokenize
