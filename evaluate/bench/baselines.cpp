#include "evaluate/bench/baselines.h"

#include <map>
#include <string>
#include <utility>

#include "common/base/hash.h"
#include "evaluate/bench/copy_filler.h"
#include "evaluate/bench/frequent_filler.h"
#include "evaluate/bench/ngram_filler.h"
#include "evaluate/bench/task_maker.h"

namespace palimpsest::bench {
namespace {

/// The texts with the smallest keys that fit together.
class TextSample {
 public:
  void add(std::uint64_t key, const std::string& text) {
    bytes_ += text.size();
    texts_.emplace(key, text);
    while (bytes_ > kMaxNgramTextBytes) {
      const auto last = std::prev(texts_.end());
      bytes_ -= last->second.size();
      texts_.erase(last);
    }
  }

  const std::multimap<std::uint64_t, std::string>& texts() const { return texts_; }

 private:
  std::uint64_t bytes_ = 0;
  std::multimap<std::uint64_t, std::string> texts_;
};

/// An n-gram filler with what it refers to.
struct Learned {
  FrequentFiller frequent;
  NgramCounts counts;
  NgramFiller ngram{counts, frequent};
};

}  // namespace

std::vector<std::shared_ptr<const Filler>> learn_baselines(const std::filesystem::path& documents,
                                                           const tokens::RepositorySplit& split,
                                                           std::uint64_t seed) {
  const auto learned = std::make_shared<Learned>();
  TextSample sample;
  for_each_cut_document(documents, split, tokens::Split::kTrain, [&](CutDocument&& cut) {
    learned->frequent.learn(cut.document.text, cut.holes);
    sample.add(base::hash64(cut.document.id, seed), cut.document.text);
  });
  learned->frequent.finish();
  for (const auto& [key, text] : sample.texts()) learned->counts.learn(text);
  learned->counts.finish();
  return {std::shared_ptr<const Filler>(learned, &learned->frequent),
          std::shared_ptr<const Filler>(learned, &learned->ngram), std::make_shared<CopyFiller>()};
}

}  // namespace palimpsest::bench
