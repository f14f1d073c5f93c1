#include "ingest/source_result.h"

#include <utility>

#include <fmt/format.h>

#include "common/io/json.h"
#include "common/io/zstd.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;

io::Json to_json(const SourceResult& result) {
  io::Json skips = io::Json::array();
  for (const Skip& skip : result.content.skips) skips.push_back({skip.path, skip.reason, skip.bytes});
  return {{"format", kFormat},
          {"source", result.source},
          {"identity", {result.identity.kind, result.identity.name, result.identity.revision}},
          {"error", result.error},
          {"error_code", static_cast<int>(result.error_code)},
          {"other_files", result.content.other_files},
          {"documents", result.content.documents.size()},
          {"skips", std::move(skips)}};
}

[[noreturn]] void throw_damaged(const fs::path& file, const std::string& got) {
  throw base::Error(base::ErrorCode::kBadData, "damaged result of a source",
                    {.got = got, .where = file.string(), .hint = "run the task that made it again"});
}

/// Fills everything but the documents and returns their number.
std::size_t read_header(const io::Json& header, const std::string& where, SourceResult& result) {
  result.source = io::require<std::string>(header, "source", where);
  const auto identity = io::require<std::array<std::string, 3>>(header, "identity", where);
  result.identity = {identity[0], identity[1], identity[2]};
  result.error = io::require<std::string>(header, "error", where);
  result.error_code = static_cast<base::ErrorCode>(io::require<int>(header, "error_code", where));
  result.content.other_files = io::require<std::uint64_t>(header, "other_files", where);
  for (const auto& [path, reason, bytes] :
       io::require<std::vector<std::tuple<std::string, std::string, std::uint64_t>>>(header, "skips",
                                                                                     where)) {
    result.content.skips.push_back({path, reason, bytes});
  }
  return io::require<std::size_t>(header, "documents", where);
}

}  // namespace

void save_source_result(const SourceResult& result, const fs::path& file) {
  io::ZstdWriter writer(file);
  writer.write(to_json(result).dump() + "\n");
  for (const io::Document& document : result.content.documents)
    writer.write(io::to_json_line(document) + "\n");
  writer.finish();
}

SourceResult load_source_result(const fs::path& file) {
  io::ZstdLineReader lines(file);
  std::string line;
  if (!lines.next(line)) throw_damaged(file, "no header");
  const io::Json header = io::parse_json(line, file.string());
  if (io::require<int>(header, "format", file.string()) != kFormat) throw_damaged(file, "another format");
  SourceResult result;
  const std::size_t count = read_header(header, file.string(), result);
  while (lines.next(line)) {
    const std::string where = fmt::format("{}:{}", file.string(), result.content.documents.size() + 2);
    result.content.documents.push_back(io::parse_document(line, where));
  }
  if (result.content.documents.size() != count)
    throw_damaged(file, fmt::format("{} of {} documents", result.content.documents.size(), count));
  return result;
}

}  // namespace palimpsest::ingest
