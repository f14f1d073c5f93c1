#include "tokenize/bpe_trainer.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

std::uint32_t pair_key(TokenId left, TokenId right) {
  return std::uint32_t{left} << 16 | right;
}

/// A word in progress: its symbols, and how often it occurs.
struct Word {
  std::vector<TokenId> symbols;
  std::int64_t count = 0;
};

/// A pair waiting to be merged, with the words that hold it. As in Hugging Face's trainer, a pair may wait
/// twice when a token is made in two ways, and its count is that of the moment it was pushed.
struct Candidate {
  std::int64_t count = 0;
  std::uint32_t pair = 0;
  std::vector<std::uint32_t> words;

  bool operator<(const Candidate& other) const {
    return count != other.count ? count < other.count : pair > other.pair;
  }
};

class WordTrainer {
 public:
  WordTrainer(const std::vector<WordCount>& words, const WordMergeLimits& limits,
              tokens::Vocabulary& vocabulary)
      : limits_(limits), vocabulary_(vocabulary) {
    for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
      id_of_.emplace(vocabulary.tokens[id], static_cast<TokenId>(id));
    }
    std::array<TokenId, tokens::kByteCount> byte_ids{};
    for (std::size_t byte = 0; byte < tokens::kByteCount; ++byte) {
      byte_ids[byte] = id_of_.at(std::string(1, static_cast<char>(byte)));
    }
    for (const WordCount& word : words) {
      Word symbols{.symbols = {}, .count = static_cast<std::int64_t>(word.count)};
      for (const char c : word.bytes) symbols.symbols.push_back(byte_ids[static_cast<std::uint8_t>(c)]);
      words_.push_back(std::move(symbols));
    }
  }

  void run(const std::function<void()>& on_merge) {
    count_pairs();
    while (vocabulary_.tokens.size() < limits_.vocab_size && !queue_.empty()) {
      std::pop_heap(queue_.begin(), queue_.end());
      Candidate top = std::move(queue_.back());
      queue_.pop_back();
      if (const std::int64_t count = counts_.at(top.pair); count != top.count) {
        top.count = count;
        push(std::move(top));
        continue;
      }
      if (top.count < 1 || std::cmp_less(top.count, limits_.min_count)) break;
      if (merge(top) && on_merge) on_merge();
    }
  }

 private:
  void push(Candidate candidate) {
    queue_.push_back(std::move(candidate));
    std::push_heap(queue_.begin(), queue_.end());
  }

  void change(std::uint32_t pair, std::int64_t amount, std::uint32_t word) {
    counts_[pair] += amount;
    if (amount <= 0) return;
    std::vector<std::uint32_t>& words = touched_[pair];
    if (words.empty() || words.back() != word) words.push_back(word);
  }

  void push_touched() {
    for (auto& [pair, words] : touched_) {
      if (const std::int64_t count = counts_.at(pair); count > 0) push({count, pair, std::move(words)});
    }
    touched_.clear();
  }

  void count_pairs() {
    for (std::uint32_t word = 0; word < words_.size(); ++word) {
      const std::vector<TokenId>& symbols = words_[word].symbols;
      for (std::size_t i = 1; i < symbols.size(); ++i) {
        change(pair_key(symbols[i - 1], symbols[i]), words_[word].count, word);
      }
    }
    push_touched();
  }

  bool merge(const Candidate& top) {
    const auto left = static_cast<TokenId>(top.pair >> 16);
    const auto right = static_cast<TokenId>(top.pair & 0xffff);
    std::string bytes = vocabulary_.tokens[left] + vocabulary_.tokens[right];
    if (tokens::spells_special(bytes)) return false;
    const auto [found, added] = id_of_.emplace(bytes, static_cast<TokenId>(vocabulary_.tokens.size()));
    if (added) vocabulary_.tokens.push_back(std::move(bytes));
    vocabulary_.merges.push_back({left, right, found->second});
    for (const std::uint32_t word : top.words) merge_in_word(word, vocabulary_.merges.back());
    push_touched();
    return true;
  }

  /// Left to right; a pair that would make too long a token is not counted.
  void merge_in_word(std::uint32_t number, const tokens::MergeRule& rule) {
    std::vector<TokenId>& symbols = words_[number].symbols;
    const std::int64_t count = words_[number].count;
    const std::size_t merged_bytes = vocabulary_.tokens[rule.result].size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < symbols.size(); ++i, ++kept) {
      const bool here = symbols[i] == rule.left && i + 1 < symbols.size() && symbols[i + 1] == rule.right;
      if (!here) {
        symbols[kept] = symbols[i];
        continue;
      }
      if (kept > 0) {
        const TokenId before = symbols[kept - 1];
        change(pair_key(before, rule.left), -count, number);
        if (fits(before, merged_bytes)) change(pair_key(before, rule.result), count, number);
      }
      ++i;
      if (i + 1 < symbols.size()) {
        const TokenId after = symbols[i + 1];
        change(pair_key(rule.right, after), -count, number);
        if (fits(after, merged_bytes)) change(pair_key(rule.result, after), count, number);
      }
      symbols[kept] = rule.result;
    }
    symbols.resize(kept);
  }

  bool fits(TokenId neighbour, std::size_t bytes) const {
    return vocabulary_.tokens[neighbour].size() + bytes <= limits_.max_token_bytes;
  }

  WordMergeLimits limits_;
  tokens::Vocabulary& vocabulary_;
  std::unordered_map<std::string, TokenId> id_of_;
  std::vector<Word> words_;
  std::unordered_map<std::uint32_t, std::int64_t> counts_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> touched_;  ///< pairs that gained words
  std::vector<Candidate> queue_;
};

}  // namespace

void train_words(const std::vector<WordCount>& words, const WordMergeLimits& limits,
                 tokens::Vocabulary& vocabulary, const std::function<void()>& on_merge) {
  WordTrainer(words, limits, vocabulary).run(on_merge);
}

}  // namespace palimpsest::tokenize
