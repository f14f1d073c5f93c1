#include "ingest/source_spec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/url_login.h"

namespace palimpsest::ingest {
namespace {

constexpr std::array<std::pair<std::string_view, SourceKind>, 5> kPrefixes = {
    {{"npm:", SourceKind::kNpm},
     {"tgz:", SourceKind::kTarball},
     {"dir:", SourceKind::kFolder},
     {"git:", SourceKind::kGit},
     {"jsonl:", SourceKind::kJsonl}}};

[[noreturn]] void refuse(std::string_view text, const char* expected) {
  throw base::Error(base::ErrorCode::kUsage, "bad source", {.got = std::string(text), .expected = expected});
}

bool is_exact_version(std::string_view version) {
  const bool plain = std::all_of(version.begin(), version.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+';
  });
  return plain && !version.empty() && std::isdigit(static_cast<unsigned char>(version[0])) != 0 &&
         std::count(version.begin(), version.end(), '.') >= 2;
}

/// The name goes to the npm client, so nothing but a registry name may pass: no path, no URL, no flag.
bool is_package_name(std::string_view name) {
  const bool scoped = name.starts_with('@');
  const bool plain = std::all_of(name.begin() + (scoped ? 1 : 0), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '~' || c == '/';
  });
  return plain && name.size() > (scoped ? 1U : 0U) && name.find("..") == std::string_view::npos &&
         !name.starts_with('-') && !name.starts_with('.') &&
         std::count(name.begin(), name.end(), '/') == (scoped ? 1 : 0);
}

SourceSpec make_npm(std::string_view name, std::string_view version, std::string_view integrity) {
  const std::string text = fmt::format("npm:{}@{}", name, version);
  if (!is_package_name(name)) refuse(text, "the name of a package");
  if (!is_exact_version(version)) refuse(text, "an exact version, e.g. npm:rxjs@7.8.2");
  if (!integrity.empty() && !integrity.starts_with("sha512-")) refuse(integrity, "an integrity sha512-...");
  return {.kind = SourceKind::kNpm,
          .location = std::string(name),
          .revision = std::string(version),
          .integrity = std::string(integrity)};
}

SourceSpec parse_npm(std::string_view text) {
  std::string_view integrity;
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    integrity = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) refuse(text, "npm:NAME@VERSION");
  return make_npm(text.substr(0, at), text.substr(at + 1), integrity);
}

SourceSpec parse_git(std::string_view text) {
  // `git@host:owner/name` and `ssh://git@host/name` hold an @ that starts no revision.
  const std::size_t at = text.rfind('@');
  const std::size_t last_separator = text.find_last_of("/:");
  const std::size_t scheme = text.find("://");
  const bool host_alone =
      scheme != std::string_view::npos && text.find('/', scheme + 3) == std::string_view::npos;
  const bool has_revision = !host_alone && at != std::string_view::npos && at > 0 &&
                            (last_separator == std::string_view::npos ? true : at > last_separator);
  if (has_revision && at + 1 == text.size()) refuse(text, "a revision behind the @");
  if (!has_revision) return {.kind = SourceKind::kGit, .location = std::string(text)};
  return {.kind = SourceKind::kGit,
          .location = std::string(text.substr(0, at)),
          .revision = std::string(text.substr(at + 1))};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

using Columns = std::vector<std::string_view>;

std::string_view field(const Columns& columns, const Columns& row, std::string_view name) {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? std::string_view() : row[static_cast<std::size_t>(found - columns.begin())];
}

SourceSpec parse_row(const Columns& columns, const Columns& row, const std::filesystem::path& folder) {
  return make_source({.source = field(columns, row, "source"),
                      .package = field(columns, row, "package"),
                      .version = field(columns, row, "version"),
                      .integrity = field(columns, row, "integrity"),
                      .revision = field(columns, row, "revision"),
                      .bytes = field(columns, row, "bytes")},
                     folder);
}

}  // namespace

std::string SourceSpec::text() const {
  const auto found =
      std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const auto& p) { return p.second == kind; });
  return std::string(found->first) + base::without_login(location) + (revision.empty() ? "" : "@" + revision);
}

SourceSpec parse_source(std::string_view text) {
  for (const auto& [prefix, kind] : kPrefixes) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view rest = text.substr(prefix.size());
    if (rest.empty()) break;
    if (kind == SourceKind::kNpm) return parse_npm(rest);
    if (kind == SourceKind::kGit) return parse_git(rest);
    return {.kind = kind, .location = std::string(rest)};
  }
  refuse(text, "npm:NAME@VERSION, tgz:FILE, dir:FOLDER, jsonl:FILE or git:URL-or-path");
}

SourceSpec make_source(const SourceRow& row, const std::filesystem::path& folder) {
  SourceSpec spec =
      row.source.empty() ? make_npm(row.package, row.version, row.integrity) : parse_source(row.source);
  if (!row.source.empty() && !row.revision.empty()) spec.revision = row.revision;
  const char* end = row.bytes.data() + row.bytes.size();
  if (!row.bytes.empty() && std::from_chars(row.bytes.data(), end, spec.bytes).ptr != end)
    refuse(row.bytes, "a number of bytes");
  const bool is_path = spec.kind == SourceKind::kTarball || spec.kind == SourceKind::kFolder ||
                       spec.kind == SourceKind::kJsonl ||
                       (spec.kind == SourceKind::kGit && spec.location.find(':') == std::string::npos);
  if (is_path && !spec.location.starts_with('/'))
    spec.location = (folder / spec.location).lexically_normal().string();
  return spec;
}

std::vector<SourceSpec> parse_source_list(std::string_view tsv, const std::string& where,
                                          const std::filesystem::path& folder) {
  std::vector<SourceSpec> specs;
  Columns columns;
  std::size_t number = 0;
  for (std::string_view line : split(tsv, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string place = fmt::format("{}:{}", where, number);
    Columns row = split(line, '\t');
    if (columns.empty()) {
      columns = std::move(row);
      if (std::find(columns.begin(), columns.end(), "source") == columns.end() &&
          (std::find(columns.begin(), columns.end(), "package") == columns.end() ||
           std::find(columns.begin(), columns.end(), "version") == columns.end())) {
        throw base::Error(
            base::ErrorCode::kBadData, "source list lacks a column",
            {.expected = "a first line with `package` and `version`, or `source`", .where = place});
      }
      continue;
    }
    if (row.size() != columns.size()) {
      throw base::Error(base::ErrorCode::kBadData, "bad row in source list",
                        {.got = fmt::format("{} fields", row.size()),
                         .expected = fmt::format("{}, separated by tabs", columns.size()),
                         .where = place});
    }
    try {
      specs.push_back(parse_row(columns, row, folder));
    } catch (const base::Error& error) {
      throw base::Error(base::ErrorCode::kBadData, error.what(), {.where = place});
    }
  }
  if (specs.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "source list is empty", {.where = where});
  }
  return specs;
}

}  // namespace palimpsest::ingest
