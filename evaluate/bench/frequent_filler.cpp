#include "evaluate/bench/frequent_filler.h"

#include <algorithm>
#include <utility>

namespace palimpsest::bench {

void FrequentFiller::learn(std::string_view text, const std::vector<CutHole>& holes) {
  for (const CutHole& hole : holes) {
    ++counts_[name_of(hole.kind)][std::string(text.substr(hole.begin, hole.end - hole.begin))];
  }
}

void FrequentFiller::finish() {
  for (auto& [kind, counts] : counts_) {
    std::vector<std::pair<std::uint64_t, std::string>> all;
    for (auto& [middle, count] : counts) all.emplace_back(count, middle);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    all.resize(std::min(all.size(), kMaxRanked));
    for (auto& [count, middle] : all) ranked_[kind].push_back(std::move(middle));
  }
  counts_.clear();
}

const std::vector<std::string>& FrequentFiller::ranked(const std::string& kind) const {
  static const std::vector<std::string> nothing = {""};
  for (const std::string& name : {kind, std::string(name_of(HoleKind::kLine))}) {
    if (const auto found = ranked_.find(name); found != ranked_.end()) return found->second;
  }
  return nothing;
}

Fills FrequentFiller::fill(const Hole& hole, std::size_t candidates, std::uint64_t) const {
  const std::vector<std::string>& all = ranked(hole.kind);
  return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(candidates, all.size()))};
}

}  // namespace palimpsest::bench
