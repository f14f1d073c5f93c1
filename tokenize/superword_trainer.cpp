#include "tokenize/superword_trainer.h"

#include <algorithm>
#include <queue>
#include <string>
#include <unordered_set>
#include <utility>

#include <tbb/parallel_for.h>

#include "tokenize/pair_groups.h"
#include "tokenize/token_rules.h"
#include "tokenize/token_sequence.h"

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

constexpr std::uint32_t kNone = TokenSequence::kNone;

struct Candidate {
  std::uint64_t count = 0;
  std::uint32_t key = 0;

  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : key > other.key;
  }
};

class SuperwordTrainer {
 public:
  SuperwordTrainer(TokenCorpus corpus, const tokens::PreTokenizer& stage1, const SuperwordLimits& limits,
                   tokens::Vocabulary& vocabulary)
      : limits_(limits),
        min_count_(std::max<std::uint64_t>(limits.min_count, 1)),
        stage1_(stage1),
        vocabulary_(vocabulary),
        first_new_(vocabulary.tokens.size()),
        spelled_(vocabulary.tokens.begin(), vocabulary.tokens.end()),
        texts_(std::move(corpus.text_ends), std::move(corpus.text_repos), std::move(corpus.text_weights)),
        sequence_(std::move(corpus.ids), corpus.pre_token_ends) {}

  void run(const std::function<void()>& on_merge) {
    add_group(all_occurrences());
    while (vocabulary_.tokens.size() < limits_.vocab_size && !queue_.empty()) {
      const Candidate top = queue_.top();
      queue_.pop();
      const std::uint64_t count = find(top.key)->count;
      if (count != top.count) {
        if (count >= min_count_) queue_.push({count, top.key});
      } else if (is_allowed(top.key)) {
        merge(top.key);
        if (on_merge) on_merge();
      }
    }
  }

 private:
  std::vector<std::uint64_t> all_occurrences() const {
    std::vector<std::uint64_t> all(sequence_.size(), kNoOccurrence);
    tbb::parallel_for(std::uint32_t{0}, sequence_.size(), [&](std::uint32_t at) {
      const std::uint32_t next = sequence_.next(at);
      if (next != kNone) all[at] = occurrence(pair_key(sequence_[at], sequence_[next]), at);
    });
    return all;
  }

  void add_group(std::vector<std::uint64_t> occurrences) {
    groups_.emplace_back(std::move(occurrences), texts_, min_count_);
    for (const Pair& pair : groups_.back().pairs()) queue_.push({pair.count, pair.key});
  }

  PairGroup& group(std::uint32_t key) {
    const std::size_t later = std::max(left_of(key), right_of(key));
    return groups_[later < first_new_ ? 0 : later - first_new_ + 1];
  }

  Pair* find(std::uint32_t key) { return group(key).find(key); }

  std::string spelling(std::uint32_t key) const {
    return vocabulary_.tokens[left_of(key)] + vocabulary_.tokens[right_of(key)];
  }

  bool occurs_at(std::uint32_t key, std::uint32_t at) const {
    if (!sequence_.has_token(at) || sequence_[at] != left_of(key)) return false;
    const std::uint32_t next = sequence_.next(at);
    return next != kNone && sequence_[next] == right_of(key);
  }

  /// Once false for a pair, false for good: it is not asked about again.
  bool is_allowed(std::uint32_t key) {
    const std::string bytes = spelling(key);
    if (bytes.size() > limits_.max_token_bytes || count_words(bytes) > limits_.max_words) return false;
    if (spelled_.contains(bytes) || tokens::spells_special(bytes)) return false;
    if (limits_.veto && limits_.veto(bytes)) return false;
    return !is_superword(stage1_, bytes) || occurs_in_enough_repositories(key);
  }

  bool occurs_in_enough_repositories(std::uint32_t key) {
    std::unordered_set<std::uint32_t> repositories;
    for (const std::uint32_t at : group(key).positions(*find(key))) {
      if (repositories.size() >= limits_.min_repos) break;
      if (occurs_at(key, at)) repositories.insert(texts_.repo(at));
    }
    return repositories.size() >= limits_.min_repos;
  }

  void merge(std::uint32_t key) {
    const auto result = static_cast<TokenId>(vocabulary_.tokens.size());
    std::string bytes = spelling(key);
    spelled_.insert(bytes);
    vocabulary_.tokens.push_back(std::move(bytes));
    vocabulary_.merges.push_back({left_of(key), right_of(key), result});
    add_group(new_occurrences(merge_occurrences(key, result), result));
  }

  /// Left to right; returns where the new token stands.
  std::vector<std::uint32_t> merge_occurrences(std::uint32_t key, TokenId result) {
    std::vector<std::uint32_t> made;
    for (const std::uint32_t at : group(key).positions(*find(key))) {
      if (!occurs_at(key, at)) continue;
      const std::uint32_t before = sequence_.previous(at);
      const std::uint32_t after = sequence_.next(sequence_.next(at));
      // Behind a token just made, its merge took the pair away already.
      if (before != kNone && sequence_[before] != result) {
        remove_pair(pair_key(sequence_[before], left_of(key)), before);
      }
      if (after != kNone) remove_pair(pair_key(right_of(key), sequence_[after]), sequence_.next(at));
      sequence_.merge(at, result);
      made.push_back(at);
    }
    find(key)->count = 0;
    return made;
  }

  void remove_pair(std::uint32_t key, std::uint32_t at) {
    if (Pair* pair = find(key)) pair->count -= std::min(pair->count, texts_.weight(at));
  }

  std::vector<std::uint64_t> new_occurrences(const std::vector<std::uint32_t>& made, TokenId result) const {
    std::vector<std::uint64_t> all;
    for (const std::uint32_t at : made) {
      const std::uint32_t before = sequence_.previous(at);
      const std::uint32_t after = sequence_.next(at);
      if (before != kNone && sequence_[before] != result) {
        all.push_back(occurrence(pair_key(sequence_[before], result), before));
      }
      if (after != kNone) all.push_back(occurrence(pair_key(result, sequence_[after]), at));
    }
    return all;
  }

  SuperwordLimits limits_;
  std::uint64_t min_count_;
  const tokens::PreTokenizer& stage1_;
  tokens::Vocabulary& vocabulary_;
  std::size_t first_new_;  ///< first id of stage 2; the tokens before it share group 0
  std::unordered_set<std::string> spelled_;
  TextIndex texts_;
  TokenSequence sequence_;
  std::vector<PairGroup> groups_;
  std::priority_queue<Candidate> queue_;
};

}  // namespace

void train_superwords(TokenCorpus corpus, const tokens::PreTokenizer& stage1, const SuperwordLimits& limits,
                      tokens::Vocabulary& vocabulary, const std::function<void()>& on_merge) {
  SuperwordTrainer(std::move(corpus), stage1, limits, vocabulary).run(on_merge);
}

}  // namespace palimpsest::tokenize
