#include "evaluate/score/baseline_costs.h"

#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/model/unigram.h"
#include "evaluate/score/compressors.h"
#include "evaluate/score/ngram_coder.h"

namespace palimpsest::evaluate {
namespace {

using Ids = std::span<const tokens::TokenId>;

DocumentCosts token_costs(const tokens::ShardReader& split, const std::function<double(Ids)>& nats) {
  DocumentCosts costs = no_costs(split.documents().size(), split.labels().size());
  for_each_segment(split, [&](std::size_t label, const tokens::SegmentInfo& segment, Ids ids) {
    costs[segment.document][label].add(
        {.nats = nats(ids), .tokens = static_cast<std::int64_t>(ids.size()), .bytes = segment.text_bytes()});
  });
  return costs;
}

/// `bytes` of each text, in the order of `texts`.
DocumentCosts byte_costs(const tokens::ShardReader& split, const std::vector<DocumentText>& texts,
                         const std::vector<std::size_t>& bytes) {
  DocumentCosts costs = no_costs(split.documents().size(), split.labels().size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    costs[texts[i].document][texts[i].family].add({.nats = 8 * std::log(2.0) * static_cast<double>(bytes[i]),
                                                   .tokens = texts[i].tokens,
                                                   .bytes = static_cast<std::int64_t>(texts[i].text.size())});
  }
  return costs;
}

std::vector<std::size_t> sizes_of(const std::vector<DocumentText>& texts, const std::string& what,
                                  const std::function<std::size_t(std::string_view)>& compressed) {
  base::Progress progress(what, texts.size(), "documents");
  std::vector<std::size_t> sizes;
  for (const DocumentText& text : texts) {
    base::throw_if_stopped();
    sizes.push_back(compressed(text.text));
    progress.add();
  }
  return sizes;
}

void add_compressors(const tokens::ShardReader& split, const std::string& known,
                     const std::vector<DocumentText>& texts, std::vector<Baseline>& baselines) {
  const auto add = [&](const std::string& name, const std::string& what, const auto& sizes) {
    baselines.push_back({name, what, byte_costs(split, texts, sizes)});
  };
  ZstdCoder alone({});
  add("zstd -19", "each document compressed alone",
      sizes_of(texts, "zstd", [&](std::string_view text) { return alone.compressed_bytes(text); }));
  add("xz -9", "each document compressed alone, without container", sizes_of(texts, "xz", xz_bytes));
  const std::string seen = fmt::format("{} of training text", base::format_bytes(known.size()));
  ZstdCoder after(known);
  add("zstd -19 + train", "each document compressed with " + seen + " as dictionary, which is not counted",
      sizes_of(texts, "zstd after training text",
               [&](std::string_view text) { return after.compressed_bytes(text); }));
  std::vector<std::string_view> views;
  for (const DocumentText& text : texts) views.emplace_back(text.text);
  add("xz -9 + train",
      "what a document adds to a stream of " + seen +
          " and the documents before it, which it may copy from too",
      xz_bytes_after(known, views));
}

}  // namespace

std::vector<Baseline> baseline_costs(const tokens::ShardReader& train, const tokens::ShardReader& split,
                                     const tokens::Tokenizer& tokenizer, const BaselineOptions& options) {
  std::vector<Baseline> baselines;
  const std::vector<float> log_probs = model::unigram_log_probs(train);
  baselines.push_back(
      {"unigram", "tokens by their frequency in the training text", token_costs(split, [&](Ids ids) {
         double nats = 0;
         for (const tokens::TokenId id : ids) nats -= static_cast<double>(log_probs[id]);
         return nats;
       })});
  NgramCoder coder(train.vocabulary_size());
  for_each_segment(train, [&](std::size_t, const tokens::SegmentInfo&, Ids ids) { coder.learn(ids); });
  baselines.push_back({fmt::format("{}-gram", NgramCoder::kOrder),
                       "interpolated Kneser-Ney on tokens, counted in the training text, read left to right",
                       token_costs(split, [&](Ids ids) { return coder.nats(ids); })});
  if (!options.compressors) return baselines;
  constexpr std::size_t kMebibyte = 1 << 20;
  add_compressors(split,
                  sample_text(train, tokenizer, static_cast<std::size_t>(options.known_mib) * kMebibyte),
                  document_texts(split, tokenizer), baselines);
  return baselines;
}

}  // namespace palimpsest::evaluate
