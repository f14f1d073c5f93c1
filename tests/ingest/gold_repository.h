// Gold repositories for framework labels: made-up files with the label a knowledgeable reader gives them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/framework_table.h"
#include "ingest/package_info.h"

namespace palimpsest::test {

struct GoldFile {
  std::string path;
  std::string text;
  std::string label;       ///< empty for package.json
  bool no_signal = false;  ///< nothing in the file itself names a framework
};

struct GoldRepository {
  std::string name;
  std::vector<GoldFile> files;
};

/// Reads the `.gold` format: `>> PATH [LABEL [no-signal]]`, then the file's text up to the next `>>`; lines
/// before the first are comments. Throws std::runtime_error that names file and line.
GoldRepository parse_gold(std::string_view text, const std::string& name);

/// All `*.gold` files of a folder, by name.
std::vector<GoldRepository> read_gold_folder(const std::filesystem::path& folder);

/// Counts of right and wrong labels; `confusion[{gold, label}]` holds the number of files.
struct GoldScore {
  std::map<std::pair<std::string, std::string>, std::size_t> confusion;
  std::size_t files = 0;
  std::size_t no_signal = 0;
  std::size_t no_signal_right = 0;
  std::vector<std::string> misses;  ///< one line each

  double precision(const std::string& label) const;
  double recall(const std::string& label) const;
  double macro_f1() const;  ///< over labels that occur in the gold set
  double no_signal_accuracy() const;
  std::string table() const;
};

/// Labels each repository as a whole, as a run does, and adds the outcome to the score.
void score_repository(const ingest::FrameworkTable& table, const GoldRepository& repository,
                      GoldScore& score);

/// The same for files with given packages; files without a gold label take part but are not scored.
void score_files(const ingest::FrameworkTable& table, const GoldRepository& repository,
                 const ingest::PackageTree& packages, GoldScore& score);

}  // namespace palimpsest::test
