// Documents directories made in code, for tests of the stages that read them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/io/document.h"

namespace palimpsest::test {

/// A document whose chunks of some lines each have the labels in turn; a cut never splits a character.
io::Document sample_document(const std::string& repo, const std::string& path, const std::string& text,
                             const std::vector<std::string>& labels, std::size_t chunk_lines = 8);

/// TypeScript-like text: imports, indentation, comments, digits, now and then CRLF, non-ASCII and a special
/// token's spelling. The same seed gives the same text.
std::string sample_text(std::uint64_t seed, std::size_t lines);

/// `files` documents in each of `repos` repositories; labels core, nestjs and react.
std::vector<io::Document> sample_corpus(std::size_t repos, std::size_t files, std::uint64_t seed = 1);

/// What `ingest run` would leave: one part and a manifest with the label table.
void write_documents(const std::filesystem::path& directory, const std::vector<io::Document>& documents);

}  // namespace palimpsest::test
