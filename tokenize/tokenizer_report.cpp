#include "tokenize/tokenizer_report.h"

#include <algorithm>
#include <string_view>

#include <tbb/parallel_for.h>

#include "tokenize/token_rules.h"

namespace palimpsest::tokenize {
namespace {

constexpr std::size_t kListedSuperwords = 20;

io::Json to_json(const CompressionTable& table) {
  io::Json json = io::Json::object();
  for (const auto& [label, part] : table) {
    json[label] = {
        {"bytes", part.bytes}, {"tokens", part.tokens}, {"bytes_per_token", part.bytes_per_token()}};
  }
  return json;
}

std::vector<std::string_view> superwords(const tokens::PreTokenizer& stage1,
                                         const tokens::Tokenizer& tokenizer) {
  std::vector<std::string_view> found;
  for (std::size_t id = 0; id < tokenizer.size(); ++id) {
    const std::string_view bytes = tokenizer.bytes(static_cast<tokens::TokenId>(id));
    if (is_superword(stage1, bytes)) found.push_back(bytes);
  }
  return found;
}

io::Json longest_of(std::vector<std::string_view> words) {
  std::stable_sort(words.begin(), words.end(), [](auto a, auto b) { return a.size() > b.size(); });
  io::Json list = io::Json::array();
  for (const std::string_view word : words) {
    if (list.size() == kListedSuperwords) break;
    if (whole_characters(word) == word) list.push_back(word);  // JSON cannot hold a cut character
  }
  return list;
}

}  // namespace

CompressionTable measure_compression(const std::vector<TrainingText>& texts,
                                     const tokens::Tokenizer& tokenizer) {
  std::vector<std::uint64_t> counts(texts.size());
  tbb::parallel_for(std::size_t{0}, texts.size(),
                    [&](std::size_t i) { counts[i] = tokenizer.encode(texts[i].text).size(); });
  CompressionTable table;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (const std::string& label : {texts[i].label, std::string(kAllLabels)}) {
      table[label].bytes += texts[i].text.size();
      table[label].tokens += counts[i];
    }
  }
  return table;
}

io::Json tokenizer_report(const VocabularyOptions& options, const TrainingSummary& summary,
                          const TrainingCorpus& corpus, const tokens::PreTokenizer& stage1,
                          const tokens::Tokenizer& tokenizer) {
  const std::vector<std::string_view> found = superwords(stage1, tokenizer);
  return {{"preset", options.preset},
          {"stage1_pattern", stage1.pattern()},
          {"vocab_size", {{"wanted", options.vocab_size}, {"reached", summary.reached_size}}},
          {"transition", {{"wanted", options.transition_size()}, {"reached", summary.stage1_size}}},
          {"merges", summary.merges},
          {"superwords",
           {{"count", found.size()},
            {"share", static_cast<double>(found.size()) / static_cast<double>(tokenizer.size())},
            {"longest", longest_of(found)}}},
          {"compression",
           {{"valid", to_json(measure_compression(corpus.valid, tokenizer))},
            {"train", to_json(measure_compression(corpus.train, tokenizer))}}},
          {"train_repositories", corpus.train_repositories},
          {"split", corpus.split.to_json()},
          {"split_gaps", corpus.split.gaps()}};
}

}  // namespace palimpsest::tokenize
