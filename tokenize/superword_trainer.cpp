#include "tokenize/superword_trainer.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "common/base/error.h"
#include "tokenize/token_rules.h"

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

constexpr std::uint32_t kNone = UINT32_MAX;
constexpr std::uint32_t kMerged = UINT32_MAX - 1;  ///< in previous_: part of the token to its left

std::uint32_t pair_key(TokenId left, TokenId right) {
  return std::uint32_t{left} << 16 | right;
}

/// Where a pair occurs. Positions may be stale; the count is not.
struct PairState {
  std::uint64_t count = 0;
  std::vector<std::uint32_t> positions;  ///< of the left token, ascending
};

struct Candidate {
  std::uint64_t count = 0;
  std::uint32_t pair = 0;

  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class SuperwordTrainer {
 public:
  SuperwordTrainer(TokenCorpus corpus, const tokens::PreTokenizer& stage1, const SuperwordLimits& limits,
                   tokens::Vocabulary& vocabulary)
      : limits_(limits),
        stage1_(stage1),
        vocabulary_(vocabulary),
        spelled_(vocabulary.tokens.begin(), vocabulary.tokens.end()),
        corpus_(std::move(corpus)) {
    link();
  }

  void run(const std::function<void()>& on_merge) {
    for (std::uint32_t at = 0; at < corpus_.ids.size(); ++at) add_pair(at);
    push_touched();
    while (vocabulary_.tokens.size() < limits_.vocab_size && !queue_.empty()) {
      std::pop_heap(queue_.begin(), queue_.end());
      Candidate top = queue_.back();
      queue_.pop_back();
      const std::uint64_t count = pairs_.at(top.pair).count;
      if (count != top.count) {
        push({count, top.pair});
      } else if (is_allowed(top.pair)) {
        merge(top.pair);
        if (on_merge) on_merge();
      }
    }
  }

 private:
  void link() {
    const auto size = static_cast<std::uint32_t>(corpus_.ids.size());
    next_.resize(size);
    previous_.resize(size);
    std::uint32_t begin = 0;
    for (const std::uint32_t end : corpus_.pre_token_ends) {
      for (std::uint32_t at = begin; at < end; ++at) {
        previous_[at] = at == begin ? kNone : at - 1;
        next_[at] = at + 1 == end ? kNone : at + 1;
      }
      begin = end;
    }
  }

  void push(Candidate candidate) {
    if (candidate.count < std::max<std::uint64_t>(limits_.min_count, 1)) return;
    queue_.push_back(candidate);
    std::push_heap(queue_.begin(), queue_.end());
  }

  /// Pairs enter the queue once all their positions are known: a pair is complete when the later of its
  /// tokens is.
  void push_touched() {
    for (const std::uint32_t pair : touched_) push({pairs_.at(pair).count, pair});
    touched_.clear();
  }

  std::string spelling(std::uint32_t pair) const {
    return vocabulary_.tokens[pair >> 16] + vocabulary_.tokens[pair & 0xffff];
  }

  void add_pair(std::uint32_t at) {
    if (next_[at] == kNone) return;
    const std::uint32_t pair = pair_key(corpus_.ids[at], corpus_.ids[next_[at]]);
    PairState& state = pairs_[pair];
    if (state.positions.empty()) touched_.push_back(pair);
    ++state.count;
    state.positions.push_back(at);
  }

  void remove_pair(std::uint32_t at) {
    if (next_[at] != kNone) --pairs_.at(pair_key(corpus_.ids[at], corpus_.ids[next_[at]])).count;
  }

  bool occurs_at(std::uint32_t pair, std::uint32_t at) const {
    return corpus_.ids[at] == pair >> 16 && previous_[at] != kMerged && next_[at] != kNone &&
           corpus_.ids[next_[at]] == (pair & 0xffff);
  }

  bool is_allowed(std::uint32_t pair) const {
    const std::string bytes = spelling(pair);
    if (bytes.size() > limits_.max_token_bytes || count_words(bytes) > limits_.max_words) return false;
    if (spelled_.contains(bytes) || tokens::spells_special(bytes)) return false;
    return !is_superword(stage1_, bytes) || occurs_in_enough_repositories(pair);
  }

  bool occurs_in_enough_repositories(std::uint32_t pair) const {
    std::unordered_set<std::uint32_t> repositories;
    for (const std::uint32_t at : pairs_.at(pair).positions) {
      if (repositories.size() >= limits_.min_repos) break;
      if (!occurs_at(pair, at)) continue;
      const auto text = std::upper_bound(corpus_.text_ends.begin(), corpus_.text_ends.end(), at);
      repositories.insert(corpus_.text_repos[static_cast<std::size_t>(text - corpus_.text_ends.begin())]);
    }
    return repositories.size() >= limits_.min_repos;
  }

  void merge(std::uint32_t pair) {
    const auto result = static_cast<TokenId>(vocabulary_.tokens.size());
    std::string bytes = spelling(pair);
    spelled_.insert(bytes);
    vocabulary_.tokens.push_back(std::move(bytes));
    vocabulary_.merges.push_back(
        {static_cast<TokenId>(pair >> 16), static_cast<TokenId>(pair & 0xffff), result});
    const std::vector<std::uint32_t> positions = std::move(pairs_.at(pair).positions);
    for (const std::uint32_t at : positions) {
      if (occurs_at(pair, at)) merge_at(at, result);
    }
    pairs_.erase(pair);
    push_touched();
  }

  void merge_at(std::uint32_t at, TokenId result) {
    const std::uint32_t right = next_[at];
    const std::uint32_t before = previous_[at];
    if (before != kNone) remove_pair(before);
    remove_pair(at);
    remove_pair(right);
    corpus_.ids[at] = result;
    next_[at] = next_[right];
    previous_[right] = kMerged;
    if (next_[at] != kNone) previous_[next_[at]] = at;
    if (before != kNone) add_pair(before);
    add_pair(at);
  }

  SuperwordLimits limits_;
  const tokens::PreTokenizer& stage1_;
  tokens::Vocabulary& vocabulary_;
  std::unordered_set<std::string> spelled_;
  TokenCorpus corpus_;
  std::vector<std::uint32_t> next_;
  std::vector<std::uint32_t> previous_;
  std::unordered_map<std::uint32_t, PairState> pairs_;
  std::vector<std::uint32_t> touched_;  ///< pairs that are new since the last merge
  std::vector<Candidate> queue_;
};

}  // namespace

void train_superwords(TokenCorpus corpus, const tokens::PreTokenizer& stage1, const SuperwordLimits& limits,
                      tokens::Vocabulary& vocabulary, const std::function<void()>& on_merge) {
  SuperwordTrainer(std::move(corpus), stage1, limits, vocabulary).run(on_merge);
}

}  // namespace palimpsest::tokenize
