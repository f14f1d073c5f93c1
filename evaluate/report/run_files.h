// Which files belong to a training run: found by digest among its neighbours, so that folders may have any
// name.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace palimpsest::evaluate {

/// Paths are empty where nothing was found.
struct RunFiles {
  std::string name;
  std::filesystem::path model;    ///< output directory of `train run`
  std::filesystem::path metrics;  ///< its metrics.jsonl
  std::filesystem::path timing;   ///< its timing.jsonl
  std::filesystem::path scores;   ///< output directory of `evaluate score`, of the latest checkpoint scored
  std::filesystem::path routing;  ///< the same of `evaluate routing`
  std::filesystem::path shards;   ///< output directories of the stages before
  std::filesystem::path documents;
  std::filesystem::path tokenizer;
  std::vector<std::string> notes;  ///< what is missing or does not fit, for the page

  /// "role" -> SHA-256 of every file that the report reads of this run.
  std::map<std::string, std::string> digests() const;
};

/// `spec` is DIR or NAME=DIR; DIR is a `train run` output directory or a folder with one in it. The score is
/// the one of `scores` that was made from this model, else of the folders beside it; routing always is of
/// those. Shards, tokenizer and documents are the folders beside it whose digests the model's manifest and
/// theirs record. Throws Error{kEnvironment} when there is no run in DIR, Error{kUsage} when there are
/// several.
RunFiles find_run_files(const std::string& spec, const std::vector<std::filesystem::path>& scores);

/// Gives equal names a distinction.
void make_names_unique(std::vector<RunFiles>& runs);

}  // namespace palimpsest::evaluate
