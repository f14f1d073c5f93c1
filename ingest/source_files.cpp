#include "ingest/source_files.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "ingest/file_type.h"
#include "ingest/folders.h"
#include "ingest/source_map.h"
#include "ingest/text_encoding.h"

namespace palimpsest::ingest {
namespace {

constexpr std::uint64_t kMaxPackageJsonBytes = 1 << 20;
constexpr std::uint64_t kMaxSourceMapBytes = 64 << 20;
constexpr std::uint64_t kMaxLicenseBytes = 256 << 10;

/// What is damaged stays as it is: a filter will name it.
FoundFile in_utf8(FoundFile file) {
  const char* name = utf16_name(file.text);
  if (name == nullptr) return file;
  std::optional<std::string> text = utf16_to_utf8(file.text);
  if (!text) return file;
  if (file.blob.empty()) file.blob = base::sha256_hex(file.text);
  file.text = std::move(*text);
  file.encoding = name;
  return file;
}

}  // namespace

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.starts_with('/') || path.find('\0') != std::string_view::npos) return false;
  if (!simdjson::validate_utf8(path)) return false;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;  // it ends with a slash
}

FileCollector::FileCollector(CollectLimits limits, SourceMaps source_maps)
    : limits_(limits), source_maps_(source_maps) {}

bool FileCollector::wants(const std::string& path, std::uint64_t bytes) {
  const FileType type = file_type(path);
  if (type == FileType::kOther || (type == FileType::kSourceMap && source_maps_ == SourceMaps::kIgnore)) {
    ++found_.other_files;
    return false;
  }
  if (type == FileType::kLicense) {
    ++found_.other_files;
    return bytes <= kMaxLicenseBytes && is_safe_path(path) && !is_vendored(path) && !paths_.contains(path);
  }
  const auto refuse = [&](const char* reason) {
    skip(path, reason, bytes);
    return false;
  };
  if (!is_safe_path(path)) return refuse("unsafe_path");
  if (is_vendored(path)) return refuse("vendored");
  if (paths_.contains(path)) return refuse("repeated_path");
  switch (type) {
    case FileType::kDeclaration:
      return refuse("declaration_file");
    case FileType::kTypeScript:
      if (bytes == 0) return refuse("empty");
      return bytes <= limits_.max_file_bytes || refuse("too_large");
    case FileType::kPackage:
      return bytes <= kMaxPackageJsonBytes || refuse("package_json_too_large");
    default:
      return bytes <= kMaxSourceMapBytes || refuse("source_map_too_large");
  }
}

void FileCollector::take(const std::string& path, std::string content, std::string blob, std::string repo) {
  bytes_ += content.size();
  if (bytes_ > limits_.max_source_bytes) {
    throw base::Error(base::ErrorCode::kBadData, "source holds too much text",
                      {.expected = fmt::format("at most {} bytes", limits_.max_source_bytes),
                       .where = path,
                       .hint = "raise --max-source-bytes if it is what you want"});
  }
  paths_.insert(path);
  switch (file_type(path)) {
    case FileType::kPackage:
      try {
        found_.packages.add(parse_package(content, std::string(folder_of(path)), path));
      } catch (const base::Error&) {
        skip(path, "bad_package_json", content.size());
      }
      return;
    case FileType::kLicense:
      return found_.licenses.add(path, content);
    case FileType::kSourceMap:
      return take_source_map(path, content);
    default:
      found_.files.push_back(in_utf8({path, std::move(content), std::move(blob), std::move(repo)}));
  }
}

void FileCollector::take_source_map(const std::string& path, std::string_view content) {
  const std::optional<SourceMapContent> map = read_source_map(content, path);
  if (!map) return skip(path, "bad_source_map", content.size());
  for (std::size_t i = 0; i < map->vendored; ++i) skip(path, "vendored");
  mapped_without_text_.insert(map->without_text.begin(), map->without_text.end());
  for (std::size_t i = 0; i < map->declarations; ++i) skip(path, "declaration_file");
  for (const MappedSource& source : map->sources) mapped_.push_back({source.path, source.text, "", ""});
}

void FileCollector::skip(std::string path, const char* reason, std::uint64_t bytes) {
  if (!simdjson::validate_utf8(path)) {
    // The report is UTF-8: show the bytes of such a name as hexadecimal escapes.
    std::string escaped;
    for (const unsigned char c : path)
      escaped += c < 0x80 ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{:02x}", c);
    path = std::move(escaped);
  }
  found_.skips.push_back({std::move(path), reason, bytes});
}

SourceFiles FileCollector::finish() {
  // Builds for several module systems repeat the same sources; the map whose path sorts first is kept.
  std::stable_sort(mapped_.begin(), mapped_.end(),
                   [](const auto& a, const auto& b) { return a.path < b.path; });
  for (FoundFile& file : mapped_) {
    const char* reason = nullptr;
    if (!is_safe_path(file.path)) reason = "unsafe_path";
    if (file.text.empty()) reason = "empty";
    if (file.text.size() > limits_.max_file_bytes) reason = "too_large";
    if (reason == nullptr && !paths_.insert(file.path).second) reason = "source_map_repeats_file";
    if (reason != nullptr) {
      skip(file.path, reason, file.text.size());
    } else {
      found_.files.push_back(std::move(file));
    }
  }
  mapped_.clear();
  for (const std::string& path : mapped_without_text_) {
    if (!paths_.contains(path)) skip(path, "source_map_without_text");
  }
  mapped_without_text_.clear();
  paths_.clear();
  std::sort(found_.files.begin(), found_.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  std::stable_sort(found_.skips.begin(), found_.skips.end(),
                   [](const Skip& a, const Skip& b) { return a.path < b.path; });
  return std::exchange(found_, {});
}

}  // namespace palimpsest::ingest
