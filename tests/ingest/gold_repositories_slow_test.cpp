// Labels of files in public repositories, judged by hand before any label was looked at. Needs the network,
// or checkouts: the folder PALIMPSEST_GOLD_CHECKOUTS with a folder OWNER+NAME for each repository.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ingest/content_filter.h"
#include "ingest/source.h"
#include "tests/ingest/gold_repository.h"

namespace palimpsest::ingest {
namespace {

struct JudgedRepository {
  std::string name;  // OWNER/NAME
  std::string commit;
  std::string
      half;  // `rules`: rules were changed by its misses; `held-out`: only counted; `fresh`: judged last
  std::vector<test::GoldFile> files;
};

std::vector<JudgedRepository> read_list() {
  std::map<std::string, JudgedRepository> repositories;
  std::ifstream stream(PALIMPSEST_GOLD_DIR "/repositories.tsv");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    std::vector<std::string> parts;
    for (std::string part; std::getline(fields, part, '\t');) parts.push_back(part);
    if (parts.size() < 5 || parts[0] == "repository") continue;
    JudgedRepository& repository = repositories[parts[0]];
    repository.name = parts[0];
    repository.commit = parts[1];
    repository.half = parts[2];
    repository.files.push_back({parts[3], "", parts[4], parts.size() > 5 && parts[5] == "no-signal"});
  }
  std::vector<JudgedRepository> list;
  list.reserve(repositories.size());
  for (auto& [name, repository] : repositories) list.push_back(std::move(repository));
  return list;
}

std::string source_of(const JudgedRepository& repository) {
  const char* checkouts = std::getenv("PALIMPSEST_GOLD_CHECKOUTS");
  if (checkouts == nullptr) return "git:https://github.com/" + repository.name + "@" + repository.commit;
  std::string folder = repository.name;
  folder.replace(folder.find('/'), 1, "+");
  return "dir:" + (std::filesystem::path(checkouts) / folder).string();
}

/// All files of the repository take part, the judged ones are scored.
void score(const FrameworkTable& table, const JudgedRepository& judged, test::GoldScore& score) {
  IngestOptions options;
  options.shallow = true;
  AcquiredSource source = acquire(parse_source(source_of(judged)), options);
  const SourceFiles files = read_source(source, options);
  std::map<std::string, const test::GoldFile*> gold;
  for (const test::GoldFile& file : judged.files) gold[file.path] = &file;
  test::GoldRepository repository{.name = judged.name, .files = {}};
  for (const FoundFile& file : files.files) {
    if (content_skip_reason(file.text) != nullptr) continue;
    const auto found = gold.find(file.path);
    repository.files.push_back({file.path, file.text, "", false});
    if (found == gold.end()) continue;
    repository.files.back().label = found->second->label;
    repository.files.back().no_signal = found->second->no_signal;
  }
  test::score_files(table, repository, files.packages, score);
}

TEST(GoldRepositoriesTest, FilesJudgedByHand) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  std::map<std::string, test::GoldScore> scores;
  for (const JudgedRepository& repository : read_list()) {
    try {
      score(table, repository, scores[repository.half]);
    } catch (const std::exception& error) {
      GTEST_SKIP() << "cannot read " << repository.name << ": " << error.what();
    }
  }
  for (const auto& [half, result] : scores) {
    std::printf("repositories, %s: %s", half.c_str(), result.table().c_str());
    EXPECT_GE(result.files, 70U) << half;
    EXPECT_GE(result.macro_f1(), 0.95) << half;
    EXPECT_GE(result.no_signal_accuracy(), 0.85) << half;
  }
}

}  // namespace
}  // namespace palimpsest::ingest
