// Which repository goes to train, valid or test. `tokenize train` and `shard build` share it, so that no
// validation repository shapes the vocabulary.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/io/document.h"
#include "common/io/json.h"
#include "common/tokens/shard_reader.h"

namespace CLI {
class App;
}

namespace palimpsest::tokens {

inline constexpr std::array kSplits = {Split::kTrain, Split::kValid, Split::kTest};

/// One definition for both stages: equal options and documents give equal splits.
struct SplitOptions {
  std::uint64_t seed = 0;    ///< chooses among equally good splits
  double valid_share = 0.1;  ///< of each label's text bytes, about
  double test_share = 0.05;  ///< of each label's text bytes, about
  std::filesystem::path valid_list =
      {};  ///< all repositories of valid, instead of a share; empty = none given
  std::filesystem::path test_list = {};  ///< the same of test
};

/// Names of the options in a manifest's configuration.
inline constexpr std::array kSplitOptionNames = {"split-seed", "valid-share", "test-share"};
/// Roles of the lists in a manifest's inputs.
inline constexpr std::array kSplitListRoles = {"valid-list", "test-list"};

/// Adds them to a subcommand.
void add_split_options(CLI::App& app, SplitOptions& options);

/// Throws Error{kUsage}.
void validate(const SplitOptions& options);

/// Adds the digests of the lists that are given. Throws Error{kEnvironment} when one is missing.
void add_split_inputs(const SplitOptions& options, std::map<std::string, std::string>& inputs);

/// Text bytes by repository and label; labels are those of the chunks.
class RepositoryContents {
 public:
  void add(const std::string& repo, const std::string& label, std::uint64_t bytes);
  void add(const io::Document& document);

  const std::map<std::string, std::map<std::string, std::uint64_t>>& bytes() const { return bytes_; }

 private:
  std::map<std::string, std::map<std::string, std::uint64_t>> bytes_;
};

/// A repository that is small for all its labels is placed by the hash of its name; large ones are then
/// placed so that each label comes closest to its shares. A label with at least three repositories gets text
/// in every split and keeps most of it in train where it can; one with two prefers valid to test.
/// A split with a list holds the listed repositories and no others, and its share is not used.
class RepositorySplit {
 public:
  /// Throws Error{kEnvironment} (no such list), Error{kBadData} (a listed repository has no documents) or
  /// Error{kUsage} (it is in both lists).
  RepositorySplit(const RepositoryContents& contents, const SplitOptions& options);

  /// kTrain for an unknown repository.
  Split of(const std::string& repo) const;

  /// Per label and split: repositories and bytes.
  struct Share {
    std::uint64_t repositories = 0;
    std::uint64_t bytes = 0;
  };
  const std::map<std::string, std::array<Share, 3>>& shares() const { return shares_; }

  /// "nextjs has no test text (2 repositories)": labels that lack text in a split that should have some.
  std::vector<std::string> gaps() const;

  /// {label: {split: {repositories, bytes}}} for manifests and reports.
  io::Json to_json() const;

 private:
  SplitOptions options_;
  std::map<std::string, Split> splits_;
  std::map<std::string, std::array<Share, 3>> shares_;
};

/// Reads all documents once. Throws Error{kBadData} when there are none, and what the constructor throws.
RepositorySplit split_documents(const std::filesystem::path& documents, const SplitOptions& options);

}  // namespace palimpsest::tokens
