#include "shard/build_plan.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace palimpsest::shard {

BuildPlan plan_units(const DocumentTable& table, const tokens::RepositorySplit& split,
                     const std::vector<bool>& kept, std::uint64_t unit_bytes) {
  std::vector<std::size_t> split_of_repo;
  for (const std::string& repo : table.repos)
    split_of_repo.push_back(static_cast<std::size_t>(split.of(repo)));

  BuildPlan plan;
  plan.unit_of_document.assign(table.documents.size(), kNoUnit);
  std::array<std::vector<Unit>, tokens::kSplits.size()> units;
  for (const tokens::Split name : tokens::kSplits) units[static_cast<std::size_t>(name)] = {{.split = name}};
  for (std::size_t i = 0; i < table.documents.size(); ++i) {
    const DocumentInfo& document = table.documents[i];
    if (!kept[i]) continue;
    auto& open = units[split_of_repo[document.repo]];
    if (open.back().documents > 0 && open.back().text_bytes + document.bytes > unit_bytes) {
      open.push_back({.split = open.back().split, .number = open.size()});
    }
    ++open.back().documents;
    open.back().text_bytes += document.bytes;
    plan.unit_of_document[i] = static_cast<std::uint32_t>(open.back().number);
  }
  std::array<std::uint32_t, tokens::kSplits.size()> first{};
  for (std::size_t i = 0; i < units.size(); ++i) {
    first[i] = static_cast<std::uint32_t>(plan.units.size());
    plan.units.insert(plan.units.end(), units[i].begin(), units[i].end());
  }
  for (std::size_t i = 0; i < table.documents.size(); ++i) {
    if (plan.unit_of_document[i] != kNoUnit)
      plan.unit_of_document[i] += first[split_of_repo[table.documents[i].repo]];
  }
  return plan;
}

std::vector<bool> units_of_task(const std::vector<Unit>& units, std::size_t task, std::size_t of) {
  std::vector<std::size_t> order(units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return units[a].text_bytes > units[b].text_bytes; });
  std::vector<bool> mine(units.size());
  for (std::size_t i = task; i < order.size(); i += of) mine[order[i]] = true;
  return mine;
}

}  // namespace palimpsest::shard
