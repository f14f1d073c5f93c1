#include "ingest/tarball.h"

#include <algorithm>
#include <set>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/handle.h"
#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

using Archive = base::Handle<archive, archive_read_free>;

[[noreturn]] void throw_damaged(archive* reader, const std::string& where) {
  const char* reason = archive_error_string(reader);
  throw base::Error(base::ErrorCode::kBadData,
                    std::string("damaged archive: ") + (reason != nullptr ? reason : "unknown format"),
                    {.expected = "a .tgz", .where = where});
}

Archive open_archive(std::string_view bytes, const std::string& where) {
  Archive reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    throw_damaged(reader.get(), where);
  }
  return reader;
}

std::string entry_path(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);  // a UTF-8 name under a C locale
  std::string path = name != nullptr ? name : "";
  if (path.starts_with("./")) path.erase(0, 2);
  return path;
}

std::string without_first_folder(const std::string& path) {
  const std::size_t slash = path.find('/');
  const bool keep = slash == std::string::npos || slash == 0 || path.starts_with("../");
  return keep ? path : path.substr(slash + 1);
}

std::string read_entry(archive* reader, std::uint64_t bytes, const std::string& where) {
  std::string content(bytes, '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const la_ssize_t size = archive_read_data(reader, content.data() + done, content.size() - done);
    if (size < 0) throw_damaged(reader, where);
    if (size == 0) break;
    done += static_cast<std::size_t>(size);
  }
  content.resize(done);
  return content;
}

// Text packs 5 to 20 times; a stream of zeros 1,000 times and more.
constexpr std::uint64_t kMostRatio = 200;
constexpr std::uint64_t kAnyRatioBytes = 32 << 20;

std::uint64_t unpacked_limit(std::size_t packed, std::uint64_t max_bytes) {
  return std::min(max_bytes, kAnyRatioBytes + kMostRatio * packed);
}

/// A decompressed stream beyond the limit is an attack, even if none of it is wanted.
void check_unpacked(la_int64_t unpacked, std::uint64_t max_bytes, const std::string& where) {
  if (unpacked <= 0 || static_cast<std::uint64_t>(unpacked) <= max_bytes) return;
  throw base::Error(base::ErrorCode::kBadData, "archive unpacks to too much",
                    {.got = fmt::format("more than {} bytes", max_bytes),
                     .expected = "at most --max-source-bytes, and 200 times its size",
                     .where = where});
}

void read_file_entry(archive* reader, archive_entry* entry, const std::string& where, std::uint64_t max_bytes,
                     TopFolder top, FileCollector& collector) {
  std::string path = entry_path(entry);
  if (top == TopFolder::kDrop) path = without_first_folder(path);
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_filetype(entry) == AE_IFLNK) {
    return collector.skip(std::move(path), "link");
  }
  if (archive_entry_filetype(entry) != AE_IFREG) return collector.skip(std::move(path), "not_a_file");
  const la_int64_t size = archive_entry_size(entry);
  const std::uint64_t bytes = size < 0 ? 0 : static_cast<std::uint64_t>(size);
  check_unpacked(size, max_bytes, where);  // also what is not read has to be unpacked to get past it
  if (!collector.wants(path, bytes)) return;
  collector.take(path, read_entry(reader, bytes, where), "");
}

/// Visits all entries but folders.
template <typename Visit>
void for_each_entry(std::string_view bytes, const std::string& where, std::uint64_t max_bytes, Visit visit) {
  const Archive reader = open_archive(bytes, where);
  archive_entry* entry = nullptr;
  for (;;) {
    base::throw_if_stopped();
    const int status = archive_read_next_header(reader.get(), &entry);
    check_unpacked(archive_filter_bytes(reader.get(), 0), max_bytes, where);
    if (status == ARCHIVE_EOF) return;
    if (status < ARCHIVE_WARN) throw_damaged(reader.get(), where);
    if (archive_entry_filetype(entry) != AE_IFDIR) visit(reader.get(), entry);
  }
}

/// An npm package, or one folder with all in it, which is no part of the files' paths.
TopFolder find_top_folder(std::string_view bytes, const std::string& where, std::uint64_t max_bytes) {
  std::set<std::string> tops;
  bool is_package = false;
  for_each_entry(bytes, where, max_bytes, [&](archive*, archive_entry* entry) {
    check_unpacked(archive_entry_size(entry), max_bytes, where);
    const std::string path = entry_path(entry);
    if (!is_safe_path(path)) return;
    is_package = is_package || path == "package/package.json";
    const std::size_t slash = path.find('/');
    if (tops.size() < 2) tops.insert(slash == std::string::npos ? "" : path.substr(0, slash));
  });
  return is_package || (tops.size() == 1 && !tops.contains("")) ? TopFolder::kDrop : TopFolder::kKeep;
}

}  // namespace

void read_tarball(std::string_view bytes, const std::string& where, std::uint64_t max_bytes, TopFolder top,
                  FileCollector& collector) {
  max_bytes = unpacked_limit(bytes.size(), max_bytes);
  if (top == TopFolder::kFind) top = find_top_folder(bytes, where, max_bytes);
  for_each_entry(bytes, where, max_bytes, [&](archive* reader, archive_entry* entry) {
    read_file_entry(reader, entry, where, max_bytes, top, collector);
  });
}

}  // namespace palimpsest::ingest
