#include "common/io/http_file.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/url_login.h"

namespace palimpsest::io {
namespace {

constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kNotFound = 404;
constexpr long kGone = 410;
constexpr long kRangeNotSatisfiable = 416;

using base::ErrorCode;

/// Statuses that another try may change (RFC 9110 and 8470).
bool is_transient(long status) {
  return status >= 500 || status == 408 || status == 425 || status == 429;
}

[[noreturn]] void throw_status(const HttpResponse& response, const std::string& where) {
  const std::string what = "the server answers with status " + std::to_string(response.status);
  if (!is_transient(response.status)) throw base::Error(ErrorCode::kEnvironment, what, {.where = where});
  TransientError error(ErrorCode::kEnvironment, what, {.where = where});
  error.retry_after_seconds = response.retry_after_seconds;
  throw error;
}

[[noreturn]] void throw_bad_answer(const std::string& what, const std::string& got,
                                   const std::string& expected, const std::string& where) {
  throw TransientError(ErrorCode::kBadData, what, {.got = got, .expected = expected, .where = where});
}

std::string bytes_of(const HttpResponse& response) {
  return (response.is_cut ? "more than " : "") + std::to_string(response.body.size()) + " bytes";
}

void refuse_coding(const HttpResponse& response, const std::string& where) {
  if (response.content_encoding.empty() || response.content_encoding == "identity") return;
  throw_bad_answer("the server has encoded the file", "Content-Encoding: " + response.content_encoding,
                   "the file as it is", where);
}

void warn_of_whole_files(const std::string& where) {
  static std::atomic<bool> warned{false};
  if (!warned.exchange(true))
    spdlog::warn("the server sends whole files instead of ranges: slow, in {}", where);
}

bool is_weak(const std::string& etag) {
  return etag.starts_with("W/");
}

}  // namespace

RemoteAccess::RemoteAccess(const RemoteOptions& options)
    : client((validate(options), options.stall_seconds)),
      retry(options.attempts, options.first_delay_seconds, options.jitter_seed) {
  if (!options.cache.empty()) cache = std::make_unique<BlockCache>(options.cache, options.cache_bytes);
}

HttpFile::HttpFile(std::shared_ptr<const RemoteAccess> access, std::string url, std::uint64_t size)
    : access_(std::move(access)), url_(std::move(url)), where_(base::without_login(url_)), size_(size) {
  if (size == 0) throw base::Error(ErrorCode::kBadData, "empty file", {.where = where_});
  const std::uint64_t tail_bytes = std::min(size, kTailBytes);
  tail_offset_ = size - tail_bytes;
  const ByteRange range{tail_offset_, tail_bytes};
  access_->retry.run(retry_key(range), [&] {
    HttpResponse response = access_->client.get({.url = url_, .range = range, .max_bytes = size_});
    const std::string etag = response.etag;
    const std::string last_modified = response.last_modified;
    tail_ = checked_body(std::move(response), range);
    etag_ = etag;
    last_modified_ = last_modified;
  });
  pinned_ = true;
}

bool HttpFile::read(std::uint64_t offset, std::size_t size, std::string& bytes, const Check& is_good) const {
  bytes.clear();
  if (offset > size_ || size > size_ - offset) {
    throw base::Error(ErrorCode::kBadData, "the file ends early",
                      {.where = where_ + "@" + std::to_string(size_)});
  }
  if (size == 0) return !is_good || is_good(bytes);
  if (offset >= tail_offset_) {
    bytes = tail_.substr(offset - tail_offset_, size);
    if (!is_good || is_good(bytes)) return true;
  }
  const ByteRange range{offset, size};
  const bool has_version =
      !etag_.empty() || !last_modified_.empty();  // else a cached block may be of another
  BlockCache* const cache = is_good && has_version ? access_->cache.get() : nullptr;
  if (cache != nullptr && cache->get(cache_key(range), bytes)) {
    if (bytes.size() == size && is_good(bytes)) return true;
    cache->remove(cache_key(range));
  }
  bool refused = false;
  try {
    access_->retry.run(retry_key(range), [&] {
      bytes = fetch(range);
      refused = is_good && !is_good(bytes);
      if (refused)
        throw_bad_answer("wrong checksum of downloaded bytes", "", "", fmt::format("{}@{}", where_, offset));
    });
  } catch (const base::Error&) {
    if (refused) return false;
    throw;
  }
  if (cache != nullptr) cache->put(cache_key(range), bytes);
  return true;
}

std::string HttpFile::fetch(ByteRange range) const {
  // Only a strong validator may stand in If-Range (RFC 9110, 13.1.5).
  const std::string& version = etag_.empty() ? last_modified_ : etag_;
  return checked_body(
      access_->client.get(
          {.url = url_, .range = range, .if_range = is_weak(version) ? "" : version, .max_bytes = size_}),
      range);
}

std::string HttpFile::checked_body(HttpResponse response, ByteRange range) const {
  const std::string size = std::to_string(size_);
  if (response.status == kRangeNotSatisfiable) {
    throw_bad_answer("the file is shorter than the manifest says", response.content_range, size + " bytes",
                     where_);
  }
  if (response.status != kOk && response.status != kPartialContent) throw_status(response, where_);
  check_version(response);
  refuse_coding(response, where_);
  if (response.status == kOk) {
    if (response.is_cut || response.body.size() != size_) {
      throw_bad_answer("a file of another size than the manifest says", bytes_of(response), size, where_);
    }
    if (range.size != size_) warn_of_whole_files(where_);
    return response.body.substr(range.offset, range.size);
  }
  const std::string expected =
      fmt::format("bytes {}-{}/{}", range.offset, range.offset + range.size - 1, size_);
  if (response.content_range != expected) {
    throw_bad_answer("the server sent another range", response.content_range, expected, where_);
  }
  if (response.is_cut || response.body.size() != range.size) {
    throw_bad_answer("the server sent a range of another length", bytes_of(response),
                     std::to_string(range.size), where_);
  }
  return std::move(response.body);
}

void HttpFile::check_version(const HttpResponse& response) const {
  if (!pinned_) return;
  const bool by_etag = !etag_.empty();
  const std::string& now = by_etag ? response.etag : response.last_modified;
  const std::string& then = by_etag ? etag_ : last_modified_;
  if (now.empty() || now == then) return;  // an answer to If-Range may leave the date out
  throw base::Error(ErrorCode::kBadData, "the file was replaced while it was read",
                    {.got = "version " + now,
                     .expected = then,
                     .where = where_,
                     .hint = "start again, and publish new shards under a new URL"});
}

std::string HttpFile::cache_key(ByteRange range) const {
  return fmt::format("{} {} {} {} {}+{}", where_, etag_, last_modified_, size_, range.offset, range.size);
}

std::uint64_t HttpFile::retry_key(ByteRange range) const {
  return base::hash64(url_, range.offset);
}

std::optional<std::string> download(const RemoteAccess& access, const std::string& url,
                                    std::uint64_t max_bytes, const ByteSource::Check& is_good) {
  const std::string where = base::without_login(url);
  std::optional<std::string> body;
  access.retry.run(base::hash64(url), [&] {
    body.reset();
    HttpResponse response = access.client.get({.url = url, .max_bytes = max_bytes});
    if (response.status == kNotFound || response.status == kGone) return;
    if (response.status != kOk) throw_status(response, where);
    refuse_coding(response, where);
    if (is_good && !is_good(response.body))
      throw_bad_answer("wrong checksum of a downloaded file", "", "", where);
    body = std::move(response.body);
  });
  return body;
}

}  // namespace palimpsest::io
