// Helpers for the tests of ingest: files, tarballs and git repositories made on the spot.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/io/document.h"
#include "common/syntax/syntax_parser.h"
#include "ingest/ingest_options.h"
#include "ingest/source_files.h"
#include "ingest/syntax_facts.h"
#include "tests/support/error_code.h"

namespace palimpsest::test {

struct TarEntry {
  std::string path;
  std::string content;
  char type = '0';  ///< ustar type flag: '0' file, '1' hard link, '2' symbolic link
};

/// A .tgz with the entries, exactly as named: unsafe names included.
std::string make_tarball(const std::vector<TarEntry>& entries);

/// Writes a file and the folders above it.
void put_file(const std::filesystem::path& path, std::string_view content);

/// Runs `git ARGUMENTS` in the folder and fails the test if it fails. Knows no user or system configuration.
void git(const std::filesystem::path& folder, const std::string& arguments);

syntax::SyntaxTree parse(std::string_view text, syntax::Grammar grammar = syntax::Grammar::kTypeScript);

ingest::SyntaxFacts facts_of(std::string_view text, syntax::Grammar grammar = syntax::Grammar::kTypeScript);

/// A collector with wide limits.
ingest::FileCollector make_collector(
    ingest::FileCollector::SourceMaps source_maps = ingest::FileCollector::SourceMaps::kRead);

/// Reasons of all skips, sorted.
std::vector<std::string> reasons(const ingest::SourceFiles& files);

std::vector<std::string> paths(const ingest::SourceFiles& files);

/// Options of a run with a cache below `folder` and the given sources; output in folder/NAME.
ingest::IngestOptions run_options(const std::filesystem::path& folder, const std::string& name,
                                  std::vector<std::string> sources);

std::vector<io::Document> read_documents(const std::filesystem::path& directory);

}  // namespace palimpsest::test
