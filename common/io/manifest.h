// manifest.json: what a stage made, from what, and how. It is written last: no manifest means not done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::io {

inline constexpr const char* kManifestName = "manifest.json";

/// One output file, relative to the manifest's directory.
struct OutputFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< lower-case hex
};

struct Manifest {
  std::string stage;  ///< e.g. "shard build"
  std::string tool_version;
  std::map<std::string, std::string> config;  ///< base::resolved_config()
  std::map<std::string, std::string> inputs;  ///< role -> SHA-256 of its manifest, or of the file itself
  std::vector<OutputFile> outputs;            ///< sorted by path
  Json counts = Json::object();               ///< what the stage wants to say in numbers

  /// Two runs with equal fingerprints make equal bytes: a digest of tool version, stage, config and inputs.
  std::string fingerprint() const;
};

class Folder;

Json to_json(const Manifest& manifest);

/// Throws Error{kBadData} that names `where`.
Manifest parse_manifest(const Json& json, const std::string& where);

/// Throws Error{kEnvironment} when there is none (with the hint to run `stage`), Error{kBadData} when
/// damaged.
Manifest read_manifest(const Folder& folder, const std::string& stage);
/// The same of a directory or a URL.
Manifest read_manifest(const std::filesystem::path& location, const std::string& stage);

/// The manifest's digest by which a later stage records its input, a directory or a URL.
std::string manifest_digest(const std::filesystem::path& location);
std::string manifest_digest(const Folder& folder);

/// Compares size and SHA-256 of one output with the manifest. Throws Error{kBadData} that names the file.
void verify_output(const std::filesystem::path& directory, const OutputFile& output);
void verify_output(const Folder& folder, const OutputFile& output);

}  // namespace palimpsest::io
