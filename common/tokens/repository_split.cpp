#include "common/tokens/repository_split.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"
#include "common/tokens/repository_list.h"

namespace palimpsest::tokens {
namespace {

constexpr double kMaxHeldOut = 0.5;
constexpr double kSmallRepository =
    1.0 / 16;                        ///< of the smallest share, so that chance is off by a quarter at most
constexpr double kFloor = 0.5;       ///< a split should hold at least this part of its share of a label
constexpr double kTrainFloor = 0.5;  ///< train should keep at least this part of a label's bytes
constexpr std::uint64_t kMinRepositories = 3;  ///< from here on a label has text in every split

// Weights of the cost that placement minimises, most important first; a deviation by a whole share costs 1.
constexpr double kNoTextCost = 10000;
constexpr double kTrainFloorCost = 2000;
constexpr double kFloorCost = 1000;

// Bounds of the search.
constexpr double kLeastGain = 1e-9;
constexpr std::size_t kMostChanges = 3;
constexpr double kMostSets = 2e5;

constexpr std::size_t index_of(Split split) {
  return static_cast<std::size_t>(split);
}

struct LabelBytes {
  std::size_t label = 0;
  std::uint64_t bytes = 0;
};

struct Repository {
  std::string name;
  std::uint64_t hash = 0;
  std::vector<LabelBytes> contents;
  bool small = false;
  bool listed = false;  ///< never moved
  Split split = Split::kTrain;
};

struct LabelTotals {
  std::uint64_t repositories = 0;
  std::uint64_t bytes = 0;
  bool all_listed = false;  ///< the lists leave nothing for train
  std::array<RepositorySplit::Share, 3> shares{};
};

/// Repositories that a list places.
using ListedSplits = std::map<std::string, Split>;

ListedSplits read_lists(const SplitOptions& options, const RepositoryContents& contents) {
  ListedSplits listed;
  for (const auto& [path, split] :
       {std::pair(options.valid_list, Split::kValid), std::pair(options.test_list, Split::kTest)}) {
    if (path.empty()) continue;
    for (const std::string& repo : read_repository_list(path)) {
      if (!contents.bytes().contains(repo)) {
        throw base::Error(base::ErrorCode::kBadData, "listed repository without documents",
                          {.got = repo,
                           .where = path.string(),
                           .hint = "a repository is named as in the documents' field repo"});
      }
      if (listed.try_emplace(repo, split).first->second != split) {
        throw base::Error(base::ErrorCode::kUsage, "repository in both --valid-list and --test-list",
                          {.got = repo, .where = path.string()});
      }
    }
  }
  return listed;
}

/// Part of each label that a split should hold; a listed split wants nothing more.
double share_to_fill(const SplitOptions& options, Split split) {
  if (split == Split::kValid) return options.valid_list.empty() ? options.valid_share : 0;
  return options.test_list.empty() ? options.test_share : 0;
}

/// Moves whole repositories out of train.
class Placement {
 public:
  Placement(const RepositoryContents& contents, const SplitOptions& options)
      : valid_share_(share_to_fill(options, Split::kValid)),
        test_share_(share_to_fill(options, Split::kTest)) {
    std::map<std::string, std::size_t> numbers;
    for (const auto& [name, labels] : contents.bytes()) {
      Repository repository{.name = name, .hash = base::hash64(name, options.seed), .contents = {}};
      for (const auto& [label, bytes] : labels) {
        const std::size_t number = numbers.try_emplace(label, numbers.size()).first->second;
        totals_.resize(numbers.size());
        ++totals_[number].repositories;
        totals_[number].bytes += bytes;
        repository.contents.push_back({number, bytes});
      }
      repositories_.push_back(std::move(repository));
    }
    std::sort(repositories_.begin(), repositories_.end(), [](const Repository& a, const Repository& b) {
      return std::pair(a.hash, a.name) < std::pair(b.hash, b.name);
    });
    for (LabelTotals& total : totals_) {
      total.shares[index_of(Split::kTrain)] = {total.repositories, total.bytes};
    }
    place_listed(read_lists(options, contents));
  }

  const std::vector<Repository>& place() {
    place_small_ones();
    for (const Split split : {Split::kValid, Split::kTest}) {
      if (share(split) > 0) {
        while (improve(split)) {
        }
      }
    }
    return repositories_;
  }

 private:
  double share(Split split) const { return split == Split::kValid ? valid_share_ : test_share_; }

  void place_listed(const ListedSplits& listed) {
    for (Repository& repository : repositories_) {
      const auto found = listed.find(repository.name);
      if (found == listed.end()) continue;
      repository.listed = true;
      move(repository, found->second);
    }
    for (LabelTotals& total : totals_)
      total.all_listed = total.shares[index_of(Split::kTrain)].repositories == 0;
  }

  void place_small_ones() {
    double smallest = 1;
    for (const double value : {valid_share_, test_share_}) {
      if (value > 0) smallest = std::min(smallest, value);
    }
    for (Repository& repository : repositories_) {
      if (repository.listed) continue;
      repository.small =
          std::all_of(repository.contents.begin(), repository.contents.end(), [&](const LabelBytes& part) {
            return static_cast<double>(part.bytes) <=
                   kSmallRepository * smallest * static_cast<double>(totals_[part.label].bytes);
          });
      if (!repository.small) continue;
      const double position = static_cast<double>(repository.hash >> 11) * 0x1p-53;
      if (position < valid_share_) {
        move(repository, Split::kValid);
      } else if (position < valid_share_ + test_share_) {
        move(repository, Split::kTest);
      }
    }
  }

  void move(Repository& repository, Split to) {
    for (const LabelBytes& part : repository.contents) {
      auto& from_share = totals_[part.label].shares[index_of(repository.split)];
      auto& to_share = totals_[part.label].shares[index_of(to)];
      --from_share.repositories;
      from_share.bytes -= part.bytes;
      ++to_share.repositories;
      to_share.bytes += part.bytes;
    }
    repository.split = to;
  }

  /// Between train and `split`.
  void toggle(Repository& repository, Split split) {
    move(repository, repository.split == split ? Split::kTrain : split);
  }

  /// Train keeps every label, and valid leaves one repository for test.
  bool is_feasible(Split split) const {
    return std::all_of(totals_.begin(), totals_.end(), [&](const LabelTotals& total) {
      const bool test_waits = split == Split::kValid && test_share_ > 0 &&
                              total.repositories >= kMinRepositories &&
                              total.shares[index_of(Split::kTest)].repositories == 0;
      return total.all_listed ||
             total.shares[index_of(Split::kTrain)].repositories >= 1U + (test_waits ? 1 : 0);
    });
  }

  double cost(Split split) const {
    const double wanted = share(split);
    double sum = 0;
    for (const LabelTotals& total : totals_) {
      const auto bytes = static_cast<double>(std::max<std::uint64_t>(total.bytes, 1));
      const RepositorySplit::Share& held = total.shares[index_of(split)];
      const double part = static_cast<double>(held.bytes) / bytes;
      const double kept = static_cast<double>(total.shares[index_of(Split::kTrain)].bytes) / bytes;
      sum += std::abs(part - wanted) / wanted + (held.repositories > 0 ? 0 : kNoTextCost) +
             kFloorCost * std::max(0.0, 1 - part / (kFloor * wanted)) +
             kTrainFloorCost * std::max(0.0, 1 - kept / kTrainFloor);
    }
    return sum;
  }

  bool is_candidate(const Repository& repository, Split split) const {
    if (repository.listed || (repository.split != split && repository.split != Split::kTrain)) return false;
    return !repository.small ||
           std::any_of(repository.contents.begin(), repository.contents.end(), [&](const LabelBytes& part) {
             return totals_[part.label].shares[index_of(split)].repositories == 0;
           });
  }

  /// One step of steepest descent over sets of up to three repositories that change sides; false at a
  /// minimum.
  bool improve(Split split) {
    candidates_.clear();
    for (Repository& repository : repositories_) {
      if (is_candidate(repository, split)) candidates_.push_back(&repository);
    }
    best_cost_ = cost(split) - kLeastGain;
    best_.clear();
    std::size_t depth = 1;
    auto sets = static_cast<double>(candidates_.size());
    for (; depth < kMostChanges && sets <= kMostSets; ++depth)
      sets *= static_cast<double>(candidates_.size());
    if (sets > kMostSets && depth > 1) --depth;
    explore(split, 0, depth);
    for (Repository* repository : best_) toggle(*repository, split);
    return !best_.empty();
  }

  void explore(Split split, std::size_t first, std::size_t depth) {
    for (std::size_t i = first; i < candidates_.size(); ++i) {
      changed_.push_back(candidates_[i]);
      toggle(*candidates_[i], split);
      if (is_feasible(split)) {
        if (const double now = cost(split); now < best_cost_) {
          best_cost_ = now - kLeastGain;
          best_ = changed_;
        }
      }
      if (depth > 1) explore(split, i + 1, depth - 1);
      toggle(*candidates_[i], split);
      changed_.pop_back();
    }
  }

  double valid_share_;
  double test_share_;
  std::vector<Repository> repositories_;
  std::vector<LabelTotals> totals_;
  std::vector<Repository*> candidates_;
  std::vector<Repository*> changed_;  ///< the set under trial
  std::vector<Repository*> best_;
  double best_cost_ = 0;
};

}  // namespace

void add_split_options(CLI::App& app, SplitOptions& options) {
  app.add_option("--split-seed", options.seed, "Chooses among equally good splits")->capture_default_str();
  app.add_option("--valid-share", options.valid_share, "Part of each label's text for validation, about")
      ->capture_default_str();
  app.add_option("--test-share", options.test_share, "Part of each label's text for test, about")
      ->capture_default_str();
  app.add_option("--valid-list", options.valid_list,
                 "File with the repositories for validation, one a line, instead of a share")
      ->group(base::kRunGroup);
  app.add_option("--test-list", options.test_list, "The same for test")->group(base::kRunGroup);
}

void validate(const SplitOptions& options) {
  for (const auto& [name, value] :
       {std::pair("--valid-share", options.valid_share), std::pair("--test-share", options.test_share),
        std::pair("--valid-share plus --test-share", options.valid_share + options.test_share)}) {
    if (!(value >= 0 && value <= kMaxHeldOut)) {
      throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + name,
                        {.got = fmt::format("{}", value), .expected = fmt::format("0 to {}", kMaxHeldOut)});
    }
  }
}

void add_split_inputs(const SplitOptions& options, std::map<std::string, std::string>& inputs) {
  const std::array<std::filesystem::path, 2> lists = {options.valid_list, options.test_list};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (!lists[i].empty()) inputs[kSplitListRoles[i]] = base::sha256_file_hex(lists[i]);
  }
}

void RepositoryContents::add(const std::string& repo, const std::string& label, std::uint64_t bytes) {
  bytes_[repo][label] += bytes;
}

void RepositoryContents::add(const io::Document& document) {
  for (const io::Chunk& chunk : document.chunks) add(document.repo, chunk.framework, chunk.end - chunk.begin);
}

RepositorySplit::RepositorySplit(const RepositoryContents& contents, const SplitOptions& options)
    : options_(options) {
  Placement placement(contents, options);
  for (const Repository& repository : placement.place()) splits_[repository.name] = repository.split;
  for (const auto& [name, labels] : contents.bytes()) {
    for (const auto& [label, bytes] : labels) {
      Share& share = shares_[label][index_of(splits_.at(name))];
      ++share.repositories;
      share.bytes += bytes;
    }
  }
}

Split RepositorySplit::of(const std::string& repo) const {
  const auto found = splits_.find(repo);
  return found == splits_.end() ? Split::kTrain : found->second;
}

std::vector<std::string> RepositorySplit::gaps() const {
  const auto should_have_text = [&](Split split) {
    if (split == Split::kTrain) return true;
    const auto& list = split == Split::kValid ? options_.valid_list : options_.test_list;
    return !list.empty() || share_to_fill(options_, split) > 0;
  };
  std::vector<std::string> gaps;
  for (const auto& [label, shares] : shares_) {
    const std::uint64_t repositories =
        shares[0].repositories + shares[1].repositories + shares[2].repositories;
    for (const Split split : kSplits) {
      if (should_have_text(split) && shares[index_of(split)].repositories == 0) {
        gaps.push_back(fmt::format("{} has no {} text ({} {})", label, split_name(split), repositories,
                                   repositories == 1 ? "repository" : "repositories"));
      }
    }
  }
  return gaps;
}

io::Json RepositorySplit::to_json() const {
  io::Json json = io::Json::object();
  for (const auto& [label, shares] : shares_) {
    for (const Split split : kSplits) {
      const Share& share = shares[index_of(split)];
      json[label][split_name(split)] = {{"repositories", share.repositories}, {"bytes", share.bytes}};
    }
  }
  return json;
}

RepositorySplit split_documents(const std::filesystem::path& documents, const SplitOptions& options) {
  RepositoryContents contents;
  io::for_each_document(documents, [&](const io::Document& document) { contents.add(document); });
  if (contents.bytes().empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no documents with text",
                      {.where = documents.string(), .hint = "give ingest more sources"});
  }
  return {contents, options};
}

}  // namespace palimpsest::tokens
