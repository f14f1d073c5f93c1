// Labels of files in published packages, judged by hand: needs the network, or the packages in the cache.
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ingest/content_filter.h"
#include "ingest/source.h"
#include "tests/ingest/gold_repository.h"

namespace palimpsest::ingest {
namespace {

/// By source: path and label of each file.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> read_list() {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> list;
  std::ifstream stream(PALIMPSEST_GOLD_DIR "/packages.tsv");
  for (std::string line; std::getline(stream, line);) {
    std::istringstream fields(line);
    std::string package;
    std::string version;
    std::string path;
    std::string label;
    std::getline(fields, package, '\t');
    std::getline(fields, version, '\t');
    std::getline(fields, path, '\t');
    std::getline(fields, label, '\t');
    if (!label.empty() && package != "package")
      list["npm:" + package + "@" + version].emplace_back(path, label);
  }
  return list;
}

TEST(GoldPackagesTest, FilesWithoutFrameworkImports) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  test::GoldScore score;
  for (const auto& [name, gold] : read_list()) {
    const IngestOptions options;
    AcquiredSource source = acquire(parse_source(name), options);
    test::GoldRepository repository{.name = name, .files = {}};
    const SourceFiles files = read_source(source, options);
    for (const FoundFile& file : files.files) {
      if (content_skip_reason(file.text) == nullptr)
        repository.files.push_back({file.path, file.text, "", false});
    }
    for (const auto& [path, label] : gold) {
      bool found = false;
      for (test::GoldFile& file : repository.files) {
        if (file.path != path) continue;
        file.label = label;
        file.no_signal = found = true;
      }
      EXPECT_TRUE(found) << name << ": " << path;
    }
    test::score_files(table, repository, files.packages, score);
  }
  std::printf("packages: %s", score.table().c_str());
  EXPECT_GE(score.files, 200U);
  EXPECT_GE(score.macro_f1(), 0.85);
}

/// The share of a package's files that must have its family.
constexpr double kWholeShare = 0.9;

TEST(GoldPackagesTest, WholePackagesThatNoRuleWasMadeWith) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  std::ifstream stream(PALIMPSEST_GOLD_DIR "/whole_packages.tsv");
  std::size_t files = 0;
  std::size_t right = 0;
  for (std::string line; std::getline(stream, line);) {
    std::istringstream fields(line);
    std::string package;
    std::string version;
    std::string family;
    if (line.starts_with('#') || !(fields >> package >> version >> family) || package == "package") continue;
    const IngestOptions options;
    AcquiredSource source = acquire(parse_source("npm:" + package + "@" + version), options);
    test::GoldRepository repository{.name = package, .files = {}};
    const SourceFiles found = read_source(source, options);
    for (const FoundFile& file : found.files) {
      if (content_skip_reason(file.text) == nullptr)
        repository.files.push_back({file.path, file.text, family, false});
    }
    test::GoldScore score;
    test::score_files(table, repository, found.packages, score);
    const std::size_t wrong = score.misses.size();
    EXPECT_GE(static_cast<double>(score.files - wrong), kWholeShare * static_cast<double>(score.files))
        << package << ": " << score.table();
    files += score.files;
    right += score.files - wrong;
  }
  std::printf("whole packages: %zu of %zu files\n", right, files);
  EXPECT_GE(files, 500U);
}

}  // namespace
}  // namespace palimpsest::ingest
