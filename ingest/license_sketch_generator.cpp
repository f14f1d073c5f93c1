// license_sketch_generator FOLDER OUT.cpp: at build time, turns the JSON files of the npm package
// spdx-license-list into the tables of license_sketch.h. No licence text gets into the executable.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "common/io/file.h"
#include "ingest/license_text.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

// A text with more shingles is sampled: the similarity of two texts is then known to about half a percent.
constexpr std::size_t kMostStored = 512;

struct Entry {
  std::string id;
  bool is_osi_approved = false;
  LicenseText text;
};

/// The text, and the text without the advice at its end. Some entries of the list are not texts.
std::vector<Entry> read_entries(const fs::path& file) {
  simdjson::dom::parser parser;
  const simdjson::dom::element json = parser.parse(simdjson::padded_string(io::read_file(file)));
  bool is_approved = false;
  if (json["osiApproved"].get(is_approved) != simdjson::SUCCESS) is_approved = false;
  const std::vector<std::string> words = license_words(std::string_view(json["licenseText"]));
  if (words.size() < 2) return {};
  const std::string id = file.stem();
  return {{id, is_approved, summarize_license(words)},
          {id, is_approved, summarize_license(without_advice(words))}};
}

/// Of licences with one text: the one that permits least (GPL-2.0-only before GPL-2.0-or-later and the
/// deprecated GPL-2.0), an approved one, the shortest, the first.
bool comes_first(const Entry& a, const Entry& b) {
  const auto rank = [](const Entry& entry) {
    return std::tuple(!entry.id.ends_with("-only"), !entry.is_osi_approved, entry.id.size(), entry.id);
  };
  return rank(a) < rank(b);
}

std::vector<Entry> read_distinct(const fs::path& folder) {
  std::map<std::uint64_t, Entry> by_digest;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    for (Entry& entry : read_entries(file.path())) {
      const auto [found, is_new] = by_digest.try_emplace(entry.text.digest, entry);
      if (!is_new && comes_first(entry, found->second)) found->second = std::move(entry);
    }
  }
  std::vector<Entry> entries;
  entries.reserve(by_digest.size());
  for (auto& [digest, entry] : by_digest) entries.push_back(std::move(entry));
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.text.shingles.size(), a.id) < std::tuple(b.text.shingles.size(), b.id);
  });
  return entries;
}

std::string render(const std::vector<Entry>& entries) {
  std::string rows;
  std::string stored;
  std::size_t count = 0;
  for (const Entry& entry : entries) {
    const std::size_t begin = count;
    std::uint32_t scale = 1;
    while (entry.text.shingles.size() / scale > kMostStored) scale *= 2;
    for (const std::uint32_t shingle : entry.text.shingles) {
      if (shingle % scale != 0) continue;
      stored += fmt::format("{:#x},{}", shingle, ++count % 10 == 0 ? "\n" : "");
    }
    rows += fmt::format("{{\"{}\", {:#x}u, {}, {}, {}, {}, {}}},\n", entry.id, entry.text.digest,
                        entry.text.restrictions, entry.text.shingles.size(), scale, begin, count);
  }
  return fmt::format(
      "#include \"ingest/license_sketch.h\"\n"
      "namespace palimpsest::ingest {{\nnamespace {{\n"
      "constexpr LicenseSketch kSketches[] = {{\n{}}};\n"
      "constexpr std::uint32_t kStored[] = {{\n{}}};\n"
      "}}  // namespace\n"
      "std::span<const LicenseSketch> license_sketches() {{ return kSketches; }}\n"
      "std::span<const std::uint32_t> stored_shingles() {{ return kStored; }}\n"
      "}}  // namespace palimpsest::ingest\n",
      rows, stored);
}

}  // namespace
}  // namespace palimpsest::ingest

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: license_sketch_generator FOLDER OUT.cpp\n", stderr);
    return 2;
  }
  using namespace palimpsest;
  io::write_file_atomically(argv[2], ingest::render(ingest::read_distinct(argv[1])));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "license_sketch_generator: %s\n", error.what());
  return 3;
}
