#include "common/io/document.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "common/base/error.h"
#include "common/io/manifest.h"
#include "common/io/zstd.h"

namespace palimpsest::io {
namespace {

namespace sj = simdjson::dom;

std::string text_field(const sj::object& object, const char* key) {
  return std::string(std::string_view(object[key]));
}

Framework parse_framework(const sj::object& object) {
  Framework framework{.label = text_field(object, "label"),
                      .confidence = double(object["confidence"]),
                      .package_label = text_field(object, "package_label")};
  for (const std::string_view item : sj::array(object["evidence"])) framework.evidence.emplace_back(item);
  return framework;
}

std::vector<Chunk> parse_chunks(const sj::array& array) {
  std::vector<Chunk> chunks;
  for (const sj::object item : array) {
    chunks.push_back({.begin = std::uint64_t(item["begin"]),
                      .end = std::uint64_t(item["end"]),
                      .kind = text_field(item, "kind"),
                      .scope = text_field(item, "scope"),
                      .framework = text_field(item, "framework")});
  }
  return chunks;
}

void check_tiling(const Document& document, const std::string& where) {
  std::uint64_t expected = 0;
  for (const Chunk& chunk : document.chunks) {
    if (chunk.begin != expected || chunk.end <= chunk.begin || chunk.end > document.text.size()) {
      throw base::Error(base::ErrorCode::kBadData, "chunks do not tile the text",
                        {.got = fmt::format("chunk [{}, {})", chunk.begin, chunk.end),
                         .expected = fmt::format("a chunk that begins at {}", expected),
                         .where = where + " (" + document.path + ")"});
    }
    expected = chunk.end;
  }
  if (expected != document.text.size()) {
    throw base::Error(base::ErrorCode::kBadData, "chunks do not cover the text",
                      {.got = std::to_string(expected) + " bytes",
                       .expected = std::to_string(document.text.size()),
                       .where = where + " (" + document.path + ")"});
  }
}

}  // namespace

std::string to_json_line(const Document& document) {
  Json chunks = Json::array();
  for (const Chunk& chunk : document.chunks) {
    chunks.push_back({{"begin", chunk.begin},
                      {"end", chunk.end},
                      {"kind", chunk.kind},
                      {"scope", chunk.scope},
                      {"framework", chunk.framework}});
  }
  const Source& source = document.source;
  const Framework& framework = document.framework;
  Json json = {{"id", document.id},
               {"source", {{"kind", source.kind}, {"name", source.name}, {"revision", source.revision}}},
               {"repo", document.repo},
               {"path", document.path},
               {"blob", document.blob},
               {"language", document.language},
               {"license", {{"spdx", document.license.spdx}, {"evidence", document.license.evidence}}},
               {"framework",
                {{"label", framework.label},
                 {"confidence", framework.confidence},
                 {"evidence", framework.evidence},
                 {"package_label", framework.package_label}}},
               {"text", document.text},
               {"chunks", std::move(chunks)}};
  if (!document.encoding.empty()) json["encoding"] = document.encoding;
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    throw base::Error(base::ErrorCode::kBug, "document is not UTF-8", {.where = document.path});
  }
}

Document parse_document(const std::string& line, const std::string& where) {
  thread_local sj::parser parser;
  Document document;
  try {
    const sj::object object = parser.parse(line);
    const sj::object source = object["source"];
    const sj::object license = object["license"];
    document = {
        .id = text_field(object, "id"),
        .source = {text_field(source, "kind"), text_field(source, "name"), text_field(source, "revision")},
        .repo = text_field(object, "repo"),
        .path = text_field(object, "path"),
        .blob = text_field(object, "blob"),
        .language = text_field(object, "language"),
        .license = {text_field(license, "spdx"), text_field(license, "evidence")},
        .framework = parse_framework(object["framework"]),
        .text = text_field(object, "text"),
        .chunks = parse_chunks(object["chunks"])};
    if (object["encoding"].error() == simdjson::SUCCESS) document.encoding = text_field(object, "encoding");
  } catch (const simdjson::simdjson_error& error) {
    throw base::Error(base::ErrorCode::kBadData, std::string("not a document record: ") + error.what(),
                      {.where = where, .hint = "see common/io/document_format.md"});
  }
  check_tiling(document, where);
  return document;
}

std::string document_part_name(std::size_t index) {
  return fmt::format("documents-{:05}.jsonl.zst", index);
}

void for_each_document(const std::filesystem::path& directory, const std::function<void(Document&&)>& visit) {
  const Manifest manifest = read_manifest(directory, kDocumentsStage);
  for (const OutputFile& output : manifest.outputs) {
    if (!output.path.starts_with("documents-")) continue;
    verify_output(directory, output);
    ZstdLineReader reader(directory / output.path);
    std::string line;
    for (std::uint64_t number = 1; reader.next(line); ++number) {
      visit(parse_document(line, fmt::format("{}:{}", (directory / output.path).string(), number)));
    }
  }
}

}  // namespace palimpsest::io
