#include "shard/repository_caps.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <tbb/parallel_for.h>

#include "common/base/signals.h"

namespace palimpsest::shard {
namespace {

constexpr std::size_t kBatchBytes = 16 << 20;

using Numbers = std::vector<std::size_t>;  ///< of documents

/// Keeps what fits into `budget`, in order. Returns the tokens kept.
std::uint64_t keep_while_it_fits(const Numbers& documents, const std::vector<std::uint64_t>& tokens,
                                 std::uint64_t budget, std::vector<bool>& kept) {
  std::uint64_t used = 0;
  for (const std::size_t document : documents) {
    if (kept[document] || used + tokens[document] > budget) continue;
    kept[document] = true;
    used += tokens[document];
  }
  return used;
}

/// `documents` of one repository in the order of choice.
RepositoryCap cap_one(const DocumentTable& table, const Numbers& documents,
                      const std::vector<std::uint64_t>& tokens, std::uint64_t cap, std::vector<bool>& kept) {
  RepositoryCap result{.documents = documents.size()};
  std::map<std::uint32_t, std::pair<std::uint64_t, Numbers>> strata;  // by label: tokens, documents
  for (const std::size_t document : documents) {
    auto& [sum, members] = strata[table.documents[document].label];
    sum += tokens[document];
    members.push_back(document);
    result.tokens += tokens[document];
  }
  if (result.tokens <= cap) return result;
  for (const std::size_t document : documents) kept[document] = false;
  const double share = static_cast<double>(cap) / static_cast<double>(result.tokens);
  for (const auto& [label, stratum] : strata) {
    const auto budget = static_cast<std::uint64_t>(share * static_cast<double>(stratum.first));
    result.kept_tokens +=
        keep_while_it_fits(stratum.second, tokens, std::min(budget, cap - result.kept_tokens), kept);
  }
  result.kept_tokens += keep_while_it_fits(documents, tokens, cap - result.kept_tokens, kept);
  result.kept_documents = static_cast<std::uint64_t>(
      std::count_if(documents.begin(), documents.end(), [&](std::size_t i) { return kept[i]; }));
  return result;
}

std::vector<bool> larger_than(const DocumentTable& table, std::uint64_t cap) {
  std::vector<std::uint64_t> bytes(table.repos.size());
  for (const DocumentInfo& document : table.documents) bytes[document.repo] += document.bytes;
  std::vector<bool> is_large(bytes.size());
  std::transform(bytes.begin(), bytes.end(), is_large.begin(),
                 [&](std::uint64_t size) { return size > cap; });
  return is_large;
}

}  // namespace

CapResult cap_repositories(const DocumentTable& table, const std::vector<std::uint64_t>& tokens,
                           std::uint64_t cap) {
  CapResult result{.kept = std::vector<bool>(table.documents.size(), true), .capped = {}};
  std::vector<Numbers> by_repo(table.repos.size());
  for (std::size_t i = 0; i < table.documents.size(); ++i) by_repo[table.documents[i].repo].push_back(i);
  for (std::size_t repo = 0; repo < by_repo.size(); ++repo) {
    Numbers& documents = by_repo[repo];
    std::stable_sort(documents.begin(), documents.end(), [&](std::size_t a, std::size_t b) {
      return table.documents[a].hash < table.documents[b].hash;
    });
    const RepositoryCap capped = cap_one(table, documents, tokens, cap, result.kept);
    if (capped.tokens > cap) result.capped[table.repos[repo]] = capped;
  }
  return result;
}

std::vector<std::uint64_t> count_large_repositories(const std::filesystem::path& documents,
                                                    const DocumentTable& table,
                                                    const tokens::Tokenizer& tokenizer, std::uint64_t cap) {
  std::vector<std::uint64_t> counts(table.documents.size());
  const std::vector<bool> is_large = larger_than(table, cap);
  if (std::none_of(is_large.begin(), is_large.end(), [](bool large) { return large; })) return counts;
  std::vector<std::pair<std::size_t, std::string>> batch;
  std::size_t batch_bytes = 0;
  const auto count_batch = [&] {
    base::throw_if_stopped();
    tbb::parallel_for(std::size_t{0}, batch.size(),
                      [&](std::size_t i) { counts[batch[i].first] = tokenizer.count(batch[i].second); });
    batch.clear();
    batch_bytes = 0;
  };
  std::size_t number = 0;
  io::for_each_document(documents, [&](io::Document&& document) {
    const std::size_t current = number++;
    if (!is_large[table.documents[current].repo]) return;
    batch_bytes += document.text.size();
    batch.emplace_back(current, std::move(document.text));
    if (batch_bytes >= kBatchBytes) count_batch();
  });
  count_batch();
  return counts;
}

io::Json to_json(const std::map<std::string, RepositoryCap>& capped) {
  io::Json json = io::Json::object();
  for (const auto& [repo, cap] : capped) {
    json[repo] = {{"documents", cap.documents},
                  {"tokens", cap.tokens},
                  {"kept_documents", cap.kept_documents},
                  {"kept_tokens", cap.kept_tokens}};
  }
  return json;
}

}  // namespace palimpsest::shard
