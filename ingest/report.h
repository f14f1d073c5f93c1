// What a run did, in numbers: for the manifest, report.json, skipped.jsonl and the table on stdout.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "ingest/source_result.h"

namespace palimpsest::ingest {

struct Tally {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;

  void add(const io::Document& document);
};

class Report {
 public:
  explicit Report(std::vector<std::string> labels);

  void add(const SourceResult& result);
  void add_failed(const std::string& source, const std::string& message);

  const Tally& total() const { return total_; }
  std::size_t failed() const { return failed_.size(); }

  /// Totals, labels, families, skips by reason: what the manifest keeps.
  io::Json counts() const;

  /// counts() and the same by source, licences, and failed sources.
  io::Json full() const;

  /// One JSON line for each skipped file: source, path, reason, bytes; what it repeats and how nearly.
  const std::string& skipped_lines() const { return skipped_lines_; }

 private:
  struct SourceEntry {
    io::Source identity;
    Tally total;
    std::map<std::string, Tally> families;
    std::map<std::string, Tally> skips;
    std::uint64_t other_files = 0;
  };

  void add_skip(const Skip& skip, const std::string& source, SourceEntry& entry);

  std::vector<std::string> labels_;
  Tally total_;
  std::map<std::string, Tally> families_;
  std::map<std::string, Tally> licenses_;
  std::map<std::string, Tally> skips_;
  std::uint64_t other_files_ = 0;
  std::vector<SourceEntry> sources_;
  io::Json failed_ = io::Json::array();
  std::string skipped_lines_;
};

/// The result of a run for people: one line, then one row for each family. Takes the manifest's counts.
std::string summary_text(const io::Json& counts, const std::filesystem::path& out);

/// The same for the part of one task.
std::string part_text(const io::Json& counts, const std::filesystem::path& out);

}  // namespace palimpsest::ingest
