#include "common/io/folder.h"

#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/url_login.h"
#include "common/io/file.h"
#include "common/io/http_client.h"
#include "common/io/http_file.h"

namespace palimpsest::io {
namespace {

/// A bound on what a server can make us hold before any checksum is known.
constexpr std::uint64_t kMostManifestBytes = 256ULL << 20;

/// RFC 3986, 2: everything but unreserved characters and `/`.
std::string percent_encoded(std::string_view name) {
  std::string encoded;
  for (const char c : name) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string checked_url(std::string url) {
  if (url.find_first_of("?#") != std::string::npos) {
    throw base::Error(base::ErrorCode::kUsage, "URL of a folder with a query or fragment",
                      {.got = base::without_login(url), .expected = "http(s)://HOST/PATH"});
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

bool is_url(const std::filesystem::path& location) {
  const std::string& text = location.native();
  return text.starts_with("http://") || text.starts_with("https://");
}

Folder::Folder(const std::filesystem::path& location, const RemoteOptions& options)
    : location_(location), connections_(static_cast<std::size_t>(options.connections)) {
  if (!is_url(location)) return;
  location_ = checked_url(location.string());
  access_ = std::make_shared<const RemoteAccess>(options);
}

std::size_t Folder::parallel_reads() const {
  return is_remote() ? connections_ : 1;
}

std::string Folder::url_of(const std::string& name) const {
  return location_.string() + "/" + percent_encoded(name);
}

std::string Folder::where(const std::string& name) const {
  if (!is_remote()) return (name.empty() ? location_ : location_ / name).string();
  return base::without_login(name.empty() ? location_.string() : url_of(name));
}

std::unique_ptr<ByteSource> Folder::open(const OutputFile& file) const {
  if (!is_remote()) return open_local_source(location_ / file.path);
  return std::make_unique<HttpFile>(access_, url_of(file.path), file.bytes);
}

std::string Folder::read(const OutputFile& file) const {
  if (!is_remote()) {
    verify_output(location_, file);
    return read_file(location_ / file.path);
  }
  const auto is_good = [&](std::string_view bytes) {
    return bytes.size() == file.bytes && base::sha256_hex(bytes) == file.sha256;
  };
  std::optional<std::string> content = download(*access_, url_of(file.path), file.bytes, is_good);
  if (content) return *std::move(content);
  throw base::Error(base::ErrorCode::kEnvironment, "output file is missing", {.where = where(file.path)});
}

std::optional<std::string> Folder::read_manifest_text() const {
  if (!is_remote()) {
    const std::filesystem::path path = location_ / kManifestName;
    return std::filesystem::exists(path) ? std::optional(read_file(path)) : std::nullopt;
  }
  std::optional<std::string> last;
  const auto agrees = [&](std::string_view bytes) {
    return std::exchange(last, std::string(bytes)) == bytes;
  };
  const auto no_check = [](std::string_view) { return true; };
  last = download(*access_, url_of(kManifestName), kMostManifestBytes, no_check);
  if (!last) return {};
  return download(*access_, url_of(kManifestName), kMostManifestBytes, agrees);
}

}  // namespace palimpsest::io
