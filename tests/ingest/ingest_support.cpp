#include "tests/ingest/ingest_support.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "common/base/handle.h"

namespace palimpsest::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;

/// One ustar header; written by hand because archive libraries refuse to write unsafe names.
std::string tar_header(const TarEntry& entry, std::size_t bytes) {
  std::string header(kBlock, '\0');
  entry.path.copy(header.data(), 100);
  std::memcpy(&header[100], "0000644", 7);
  std::snprintf(&header[124], 12, "%011zo", bytes);
  header[156] = entry.type;
  if (entry.type != '0') entry.content.copy(&header[157], 100);
  std::memcpy(&header[257],
              "ustar\0"
              "00",
              8);
  std::memset(&header[148], ' ', 8);
  unsigned sum = 0;
  for (const unsigned char c : header) sum += c;
  std::snprintf(&header[148], 8, "%06o", sum);
  return header;
}

std::string gzip(const std::string& bytes) {
  std::string packed(bytes.size() + (1 << 16), '\0');
  std::size_t size = 0;
  const base::Handle<archive, archive_write_free> writer(archive_write_new());
  archive_write_set_format_raw(writer.get());
  archive_write_add_filter_gzip(writer.get());
  archive_write_set_filter_option(writer.get(), "gzip", "timestamp", nullptr);  // equal input, equal bytes
  EXPECT_EQ(archive_write_open_memory(writer.get(), packed.data(), packed.size(), &size), ARCHIVE_OK);
  const base::Handle<archive_entry, archive_entry_free> entry(archive_entry_new());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  EXPECT_EQ(archive_write_header(writer.get(), entry.get()), ARCHIVE_OK);
  EXPECT_EQ(archive_write_data(writer.get(), bytes.data(), bytes.size()),
            static_cast<la_ssize_t>(bytes.size()));
  EXPECT_EQ(archive_write_close(writer.get()), ARCHIVE_OK);
  packed.resize(size);
  return packed;
}

}  // namespace

std::string make_tarball(const std::vector<TarEntry>& entries) {
  std::string tar;
  for (const TarEntry& entry : entries) {
    const bool is_file = entry.type == '0';
    tar += tar_header(entry, is_file ? entry.content.size() : 0);
    if (!is_file) continue;
    tar += entry.content;
    tar.append((kBlock - entry.content.size() % kBlock) % kBlock, '\0');
  }
  return gzip(tar + std::string(2 * kBlock, '\0'));
}

void put_file(const fs::path& path, std::string_view content) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

void git(const fs::path& folder, const std::string& arguments) {
  const std::string command = "GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null git -C '" +
                              folder.string() +
                              "' -c user.name=T -c user.email=t@example.com -c init.defaultBranch=main "
                              "-c protocol.file.allow=always " +
                              arguments + " >/dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

syntax::SyntaxTree parse(std::string_view text, syntax::Grammar grammar) {
  auto tree = syntax::SyntaxParser().parse(text, grammar);
  EXPECT_TRUE(tree.has_value());
  return std::move(*tree);
}

ingest::SyntaxFacts facts_of(std::string_view text, syntax::Grammar grammar) {
  return ingest::collect_facts(text, parse(text, grammar));
}

ingest::FileCollector make_collector(ingest::FileCollector::SourceMaps source_maps) {
  return ingest::FileCollector({.max_file_bytes = 1 << 20, .max_source_bytes = 64 << 20}, source_maps);
}

std::vector<std::string> reasons(const ingest::SourceFiles& files) {
  std::vector<std::string> result;
  for (const ingest::Skip& skip : files.skips) result.push_back(skip.reason);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> paths(const ingest::SourceFiles& files) {
  std::vector<std::string> result;
  for (const ingest::FoundFile& file : files.files) result.push_back(file.path);
  return result;
}

ingest::IngestOptions run_options(const fs::path& folder, const std::string& name,
                                  std::vector<std::string> sources) {
  ingest::IngestOptions options;
  options.run.out = folder / name;
  options.run.threads = 2;
  options.cache = folder / "cache";
  options.sources = std::move(sources);
  return options;
}

std::vector<io::Document> read_documents(const fs::path& directory) {
  std::vector<io::Document> documents;
  io::for_each_document(directory,
                        [&](io::Document&& document) { documents.push_back(std::move(document)); });
  return documents;
}

}  // namespace palimpsest::test
