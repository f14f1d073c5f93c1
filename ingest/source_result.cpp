#include "ingest/source_result.h"

#include <array>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/io/json.h"
#include "common/io/zstd.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 2;

using SavedSkip = std::tuple<std::string, std::string, std::uint64_t, std::string, double>;
using SavedSecret = std::array<std::uint64_t, 3>;  // kind, begin, end
using SavedSecrets = std::pair<std::string, std::vector<SavedSecret>>;

io::Json to_json(const FileSecrets& file) {
  io::Json secrets = io::Json::array();
  for (const Secret& secret : file.secrets)
    secrets.push_back({static_cast<std::uint64_t>(secret.kind), secret.begin, secret.end});
  return {file.path, std::move(secrets)};
}

io::Json to_json(const SourceResult& result) {
  io::Json skips = io::Json::array();
  for (const Skip& skip : result.content.skips)
    skips.push_back({skip.path, skip.reason, skip.bytes, skip.same_as, skip.similarity});
  io::Json secrets = io::Json::array();
  for (const FileSecrets& file : result.content.secrets) secrets.push_back(to_json(file));
  return {{"format", kFormat},
          {"source", result.source},
          {"identity", {result.identity.kind, result.identity.name, result.identity.revision}},
          {"error", result.error},
          {"error_code", static_cast<int>(result.error_code)},
          {"other_files", result.content.other_files},
          {"documents", result.content.documents.size()},
          {"skips", std::move(skips)},
          {"secrets", std::move(secrets)}};
}

[[noreturn]] void throw_damaged(const std::string& where, const std::string& got) {
  throw base::Error(base::ErrorCode::kBadData, "damaged result of a source",
                    {.got = got, .where = where, .hint = "run the task that made it again"});
}

FileSecrets read_secrets(const SavedSecrets& saved, const std::string& where) {
  FileSecrets file{.path = saved.first, .secrets = {}};
  for (const auto& [kind, begin, end] : saved.second) {
    if (kind >= kSecretKinds || begin >= end) throw_damaged(where, "a secret of no kind or length");
    file.secrets.push_back({begin, end, static_cast<SecretKind>(kind)});
  }
  return file;
}

/// Fills everything but the documents and returns their number.
std::size_t read_header(const io::Json& header, const std::string& where, SourceResult& result) {
  result.source = io::require<std::string>(header, "source", where);
  const auto identity = io::require<std::array<std::string, 3>>(header, "identity", where);
  result.identity = {identity[0], identity[1], identity[2]};
  result.error = io::require<std::string>(header, "error", where);
  result.error_code = static_cast<base::ErrorCode>(io::require<int>(header, "error_code", where));
  result.content.other_files = io::require<std::uint64_t>(header, "other_files", where);
  for (const auto& [path, reason, bytes, same_as, similarity] :
       io::require<std::vector<SavedSkip>>(header, "skips", where)) {
    result.content.skips.push_back({path, reason, bytes, same_as, similarity});
  }
  for (const SavedSecrets& saved : io::require<std::vector<SavedSecrets>>(header, "secrets", where))
    result.content.secrets.push_back(read_secrets(saved, where));
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
  if (!lines.next(line)) throw_damaged(file.string(), "no header");
  const io::Json header = io::parse_json(line, file.string());
  if (const int format = io::require<int>(header, "format", file.string()); format != kFormat) {
    throw base::Error(base::ErrorCode::kBadData, "unknown format of a source's result",
                      {.got = std::to_string(format),
                       .expected = std::to_string(kFormat),
                       .where = file.string(),
                       .hint = "run the task that made it again, in a new directory"});
  }
  SourceResult result;
  const std::size_t count = read_header(header, file.string(), result);
  while (lines.next(line)) {
    const std::string where = fmt::format("{}:{}", file.string(), result.content.documents.size() + 2);
    result.content.documents.push_back(io::parse_document(line, where));
  }
  if (result.content.documents.size() != count)
    throw_damaged(file.string(), fmt::format("{} of {} documents", result.content.documents.size(), count));
  return result;
}

}  // namespace palimpsest::ingest
