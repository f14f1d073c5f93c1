// Documents: what ingest writes and tokenize and shard read. One source file per record, see
// document_format.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::io {

/// Where a file came from.
struct Source {
  std::string kind;      ///< git, npm, tgz, dir or jsonl
  std::string name;      ///< URL, package name or path, as the user gave it
  std::string revision;  ///< commit id or package version
};

struct License {
  std::string spdx;      ///< SPDX expression; empty when unknown
  std::string evidence;  ///< header, package, repository or none
};

struct Framework {
  std::string label;                       ///< a family of frameworks.toml
  double confidence = 0;                   ///< 0..1
  std::vector<std::string> evidence = {};  ///< what decided, most important first
  std::string package_label;               ///< the family of the whole package
};

/// A byte range [begin, end) of the text. A document's chunks tile its text: no gap, no overlap.
struct Chunk {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string kind;       ///< syntax node type of the first main node, e.g. class_declaration
  std::string scope;      ///< chain of enclosing declarations, e.g. `UserService.create`; empty at top level
  std::string framework;  ///< label
};

struct Document {
  std::string id;  ///< 128-bit hash of (source, path, text), hex
  Source source;
  std::string repo;  ///< unit of splitting
  std::string path;  ///< inside the source, `/`-separated
  std::string blob;  ///< git object id, or SHA-256
  std::string language;
  std::string encoding;  ///< of the source file, from which text was made, if not UTF-8: utf-16le, utf-16be
  License license;
  Framework framework;
  std::string text;  ///< the file's bytes; valid UTF-8
  std::vector<Chunk> chunks;
};

/// One JSON line without newline. Throws Error{kBug} when the text is not UTF-8.
std::string to_json_line(const Document& document);

/// Parses one line and checks that chunks tile the text. Throws Error{kBadData} that names `where`.
Document parse_document(const std::string& line, const std::string& where);

/// Calls `visit` for every document in the directory's parts, in order. Verifies each part's digest first.
/// Throws Error{kEnvironment} or Error{kBadData}.
void for_each_document(const std::filesystem::path& directory, const std::function<void(Document&&)>& visit);

/// Name of part number `index`: documents-00000.jsonl.zst.
std::string document_part_name(std::size_t index);

/// The stage name in the manifest of a documents directory.
inline constexpr const char* kDocumentsStage = "ingest run";

/// Most text bytes in one part.
inline constexpr std::uint64_t kPartTextBytes = 64ULL << 20;

}  // namespace palimpsest::io
