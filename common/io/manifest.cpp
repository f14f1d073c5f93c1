#include "common/io/manifest.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/folder.h"

namespace palimpsest::io {
namespace {

constexpr int kManifestFormat = 1;
constexpr std::uint64_t kVerifiedPieceBytes = 4 << 20;

/// A manifest may come from a stranger; its paths must not lead out of its directory.
std::string checked_path(std::string path, const std::string& where) {
  const std::filesystem::path parsed(path);
  bool inside = !path.empty() && parsed.is_relative();
  for (const auto& part : parsed) inside = inside && part != "..";
  if (inside) return path;
  throw base::Error(base::ErrorCode::kBadData, "output path leads out of the directory",
                    {.got = path, .where = where});
}

}  // namespace

std::string Manifest::fingerprint() const {
  const Json identity = {{"format", kManifestFormat},
                         {"tool_version", tool_version},
                         {"stage", stage},
                         {"config", config},
                         {"inputs", inputs}};
  return base::sha256_hex(identity.dump());
}

Manifest read_manifest(const std::filesystem::path& location, const std::string& stage) {
  return read_manifest(Folder(location), stage);
}

Manifest read_manifest(const Folder& folder, const std::string& stage) {
  const std::optional<std::string> text = folder.read_manifest_text();
  if (!text) {
    throw base::Error(base::ErrorCode::kEnvironment, "no " + std::string(kManifestName),
                      {.expected = "the finished output of `" + stage + "`",
                       .where = folder.where(),
                       .hint = "check the path, or run that stage to its end first"});
  }
  const std::string where = folder.where(kManifestName);
  Manifest manifest = parse_manifest(parse_json(*text, where), where);
  if (manifest.stage != stage) {
    throw base::Error(base::ErrorCode::kBadData, "directory of another stage",
                      {.got = "output of `" + manifest.stage + "`",
                       .expected = "output of `" + stage + "`",
                       .where = folder.where()});
  }
  return manifest;
}

Manifest parse_manifest(const Json& json, const std::string& where) {
  if (const int format = require<int>(json, "format", where); format != kManifestFormat) {
    throw base::Error(
        base::ErrorCode::kBadData, "unknown manifest format",
        {.got = std::to_string(format),
         .expected = std::to_string(kManifestFormat),
         .where = where,
         .hint = "another version of this tool made it; make it again with this one, in a new directory"});
  }
  Manifest manifest;
  manifest.stage = require<std::string>(json, "stage", where);
  manifest.tool_version = require<std::string>(json, "tool_version", where);
  manifest.config = require<std::map<std::string, std::string>>(json, "config", where);
  manifest.inputs = require<std::map<std::string, std::string>>(json, "inputs", where);
  for (const Json& output : require<Json>(json, "outputs", where)) {
    manifest.outputs.push_back({checked_path(require<std::string>(output, "path", where), where),
                                require<std::uint64_t>(output, "bytes", where),
                                require<std::string>(output, "sha256", where)});
  }
  manifest.counts = require<Json>(json, "counts", where);
  return manifest;
}

Json to_json(const Manifest& manifest) {
  Json outputs = Json::array();
  for (const OutputFile& output : manifest.outputs) {
    outputs.push_back({{"path", output.path}, {"bytes", output.bytes}, {"sha256", output.sha256}});
  }
  return {{"format", kManifestFormat}, {"stage", manifest.stage},   {"tool_version", manifest.tool_version},
          {"config", manifest.config}, {"inputs", manifest.inputs}, {"outputs", outputs},
          {"counts", manifest.counts}};
}

std::string manifest_digest(const std::filesystem::path& location) {
  return manifest_digest(Folder(location));
}

std::string manifest_digest(const Folder& folder) {
  const std::optional<std::string> text = folder.read_manifest_text();
  if (text) return base::sha256_hex(*text);
  throw base::Error(base::ErrorCode::kEnvironment, "no " + std::string(kManifestName),
                    {.where = folder.where()});
}

void verify_output(const std::filesystem::path& directory, const OutputFile& output) {
  const std::filesystem::path path = directory / output.path;
  if (!std::filesystem::exists(path)) {
    throw base::Error(base::ErrorCode::kEnvironment, "output file is missing",
                      {.where = path.string(), .hint = "run its stage again with --overwrite"});
  }
  verify_output(Folder(directory), output);
}

void verify_output(const Folder& folder, const OutputFile& output) {
  const std::unique_ptr<ByteSource> source = folder.open(output);
  const char* hint = "the file changed after its stage wrote it; run the stage again with --overwrite";
  if (source->size() != output.bytes) {
    throw base::Error(base::ErrorCode::kBadData, "wrong file size",
                      {.got = std::to_string(source->size()) + " bytes",
                       .expected = std::to_string(output.bytes),
                       .where = source->where(),
                       .hint = hint});
  }
  base::Sha256 digest;
  std::string piece;
  for (std::uint64_t offset = 0; offset < output.bytes; offset += piece.size()) {
    source->read(offset, std::min(kVerifiedPieceBytes, output.bytes - offset), piece);
    digest.update(piece);
  }
  if (digest.hex() != output.sha256) {
    throw base::Error(base::ErrorCode::kBadData, "wrong SHA-256", {.where = source->where(), .hint = hint});
  }
}

}  // namespace palimpsest::io
