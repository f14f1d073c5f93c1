#include "tokenize/tokenizer_report.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/tokens/tokenizer_json.h"
#include "tokenize/token_rules.h"

namespace palimpsest::tokenize {
namespace {

using tokens::TokenId;

constexpr std::size_t kListedSuperwords = 20;
constexpr double kRenyiAlpha = 2.5;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

io::Json to_json(const std::map<std::string, TextMeasure>& table) {
  io::Json json = io::Json::object();
  for (const auto& [label, part] : table) {
    json[label] = {
        {"bytes", part.bytes},
        {"lines", part.lines},
        {"tokens", part.tokens},
        {"bytes_per_token", part.bytes_per_token()},
        {"tokens_per_line", part.tokens_per_line()},
        {"identifier_boundaries", part.identifiers.all},
        {"identifier_alignment", share(part.identifiers.aligned, part.identifiers.all)},
    };
  }
  return json;
}

std::vector<TokenId> superwords_of(const tokens::PreTokenizer& stage1, const tokens::Vocabulary& vocabulary) {
  std::vector<TokenId> found;
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    if (is_superword(stage1, vocabulary.tokens[id])) found.push_back(static_cast<TokenId>(id));
  }
  return found;
}

/// The first tokens by `less`; JSON cannot hold a cut character, so tokens with one are left out.
template <typename Less>
io::Json first_of(std::vector<TokenId> ids, const tokens::Vocabulary& vocabulary, const Less& less) {
  std::stable_sort(ids.begin(), ids.end(), less);
  io::Json list = io::Json::array();
  for (const TokenId id : ids) {
    if (list.size() == kListedSuperwords) break;
    const std::string& bytes = vocabulary.tokens[id];
    if (whole_characters(bytes) == bytes) list.push_back(bytes);
  }
  return list;
}

io::Json superword_json(const std::vector<TokenId>& ids, const tokens::Vocabulary& vocabulary,
                        const CorpusMeasure& train, const CorpusMeasure& valid) {
  std::uint64_t in_text = 0;
  std::uint32_t fewest = ids.empty() ? 0 : UINT32_MAX;
  for (const TokenId id : ids) {
    in_text += valid.token_counts[id];
    fewest = std::min(fewest, train.token_repositories[id]);
  }
  const auto tokens = valid.by_label.find(kAllLabels);
  return {
      {"count", ids.size()},
      {"share", share(ids.size(), vocabulary.tokens.size())},
      {"share_of_valid_tokens", tokens == valid.by_label.end() ? 0 : share(in_text, tokens->second.tokens)},
      {"fewest_train_repositories", fewest},
      {"longest", first_of(ids, vocabulary,
                           [&](TokenId a, TokenId b) {
                             return vocabulary.tokens[a].size() > vocabulary.tokens[b].size();
                           })},
      {"most_frequent", first_of(ids, vocabulary, [&](TokenId a, TokenId b) {
         return train.token_counts[a] > train.token_counts[b];
       })}};
}

/// Unused and rare tokens of the training text, among those that merges made.
io::Json usage_json(const tokens::Vocabulary& vocabulary, const CorpusMeasure& train) {
  std::uint64_t learned = 0;
  std::uint64_t unused = 0;
  std::uint64_t rare = 0;
  std::uint64_t unused_bytes = 0;
  std::vector<TokenId> unused_ids;
  for (std::size_t id = tokens::kSpecialCount; id < vocabulary.tokens.size(); ++id) {
    const bool is_byte = vocabulary.tokens[id].size() == 1;
    const std::uint64_t count = train.token_counts[id];
    unused_bytes += is_byte && count == 0 ? 1 : 0;
    if (is_byte) continue;
    ++learned;
    rare += count < kRareTokens ? 1 : 0;
    if (count > 0) continue;
    ++unused;
    unused_ids.push_back(static_cast<TokenId>(id));
  }
  return {{"learned_tokens", learned},
          {"unused", unused},
          {"unused_share", share(unused, learned)},
          {"unused_longest", first_of(unused_ids, vocabulary,
                                      [&](TokenId a, TokenId b) {
                                        return vocabulary.tokens[a].size() > vocabulary.tokens[b].size();
                                      })},
          {"rare_below", kRareTokens},
          {"rare", rare},
          {"rare_share", share(rare, learned)},
          {"unused_byte_symbols", unused_bytes}};
}

io::Json held_json(const TrainingCorpus& corpus) {
  io::Json labels = io::Json::object();
  for (const auto& [label, part] : corpus.held_by_label) {
    labels[label] = {{"bytes", part.bytes}, {"used", part.held}};
  }
  const HeldText all = corpus.held();
  return {{"bytes", all.bytes}, {"used", all.held}, {"labels", labels}};
}

}  // namespace

EncodingVocabulary::EncodingVocabulary(std::string_view tokenizer_json, const std::string& where)
    : vocabulary(tokens::parse_tokenizer_json(tokenizer_json, where)),
      tokenizer(tokens::Tokenizer::parse(tokenizer_json, where)) {}

const TrainingPreset& preset_of_pattern(std::string_view pattern) {
  for (const TrainingPreset& preset : kTrainingPresets) {
    if (preset.patterns->stage2 == pattern) return preset;
  }
  return kTrainingPresets.front();
}

io::Json vocabulary_report(const EncodingVocabulary& vocabulary, const TrainingPreset& preset,
                           const TrainingCorpus& corpus) {
  const tokens::PreTokenizer stage1{std::string(preset.patterns->stage1), "preset"};
  const CorpusMeasure train = measure_corpus(corpus.train, vocabulary.tokenizer, vocabulary.vocabulary);
  const CorpusMeasure valid = measure_corpus(corpus.valid, vocabulary.tokenizer, vocabulary.vocabulary);
  const std::vector<std::uint64_t> text_tokens(train.token_counts.begin() + tokens::kSpecialCount,
                                               train.token_counts.end());
  return {{"stage1_pattern", stage1.pattern()},
          {"tokens", vocabulary.vocabulary.tokens.size()},
          {"merges", vocabulary.vocabulary.merges.size()},
          {"superwords",
           superword_json(superwords_of(stage1, vocabulary.vocabulary), vocabulary.vocabulary, train, valid)},
          {"usage", usage_json(vocabulary.vocabulary, train)},
          {"renyi", {{"alpha", kRenyiAlpha}, {"efficiency", renyi_efficiency(text_tokens, kRenyiAlpha)}}},
          {"compression", {{"valid", to_json(valid.by_label)}, {"train", to_json(train.by_label)}}},
          {"text", held_json(corpus)},
          {"train_repositories", corpus.train_repositories},
          {"valid_repositories", corpus.valid_repositories},
          {"split", corpus.split.to_json()},
          {"split_gaps", corpus.split.gaps()}};
}

io::Json comparison_report(const io::Json& report, const EncodingVocabulary& baseline,
                           const TrainingCorpus& corpus) {
  const CorpusMeasure valid = measure_corpus(corpus.valid, baseline.tokenizer, baseline.vocabulary);
  io::Json labels = io::Json::object();
  for (const auto& [label, part] : valid.by_label) {
    const auto tokens = report["compression"]["valid"][label]["tokens"].get<std::uint64_t>();
    labels[label] = {{"tokens", part.tokens},
                     {"bytes_per_token", part.bytes_per_token()},
                     {"tokens_per_line", part.tokens_per_line()},
                     {"identifier_alignment", share(part.identifiers.aligned, part.identifiers.all)},
                     {"fewer_tokens", 1 - share(tokens, part.tokens)}};
  }
  return {{"pattern", baseline.vocabulary.pattern},
          {"tokens", baseline.vocabulary.tokens.size()},
          {"valid", labels}};
}

}  // namespace palimpsest::tokenize
