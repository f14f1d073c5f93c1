// A file on a web server, read in ranges, as one version throughout.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/io/block_cache.h"
#include "common/io/byte_source.h"
#include "common/io/http_client.h"
#include "common/io/remote_options.h"
#include "common/io/retry_policy.h"

namespace palimpsest::io {

/// What the files of one location share. Throws Error{kUsage}, or Error{kEnvironment} for the cache.
struct RemoteAccess {
  explicit RemoteAccess(const RemoteOptions& options);

  HttpClient client;
  RetryPolicy retry;
  std::unique_ptr<BlockCache> cache;  ///< may be null
};

/// The first request fixes the version by ETag or Last-Modified; every later one asks for that version
/// (If-Range) and every answer is compared with it, its range and its length with what was asked for. An
/// answer with the whole file (200) serves as well.
class HttpFile : public ByteSource {
 public:
  /// `size` is what the file must have. Reads the end of it. Throws Error{kEnvironment} (missing, no network)
  /// or Error{kBadData} (another size).
  HttpFile(std::shared_ptr<const RemoteAccess> access, std::string url, std::uint64_t size);

  const std::string& where() const override { return where_; }
  std::uint64_t size() const override { return size_; }
  bool read(std::uint64_t offset, std::size_t size, std::string& bytes, const Check& is_good) const override;

  /// Bytes at the end of the file that the first request brings; reading them costs no other.
  static constexpr std::uint64_t kTailBytes = 4096;

 private:
  std::string fetch(ByteRange range) const;
  std::string checked_body(HttpResponse response, ByteRange range) const;
  void check_version(const HttpResponse& response) const;
  std::string cache_key(ByteRange range) const;
  std::uint64_t retry_key(ByteRange range) const;

  std::shared_ptr<const RemoteAccess> access_;
  std::string url_;
  std::string where_;
  std::uint64_t size_;
  bool pinned_ = false;
  std::string etag_;
  std::string last_modified_;
  std::uint64_t tail_offset_ = 0;
  std::string tail_;
};

/// A whole file of at most `max_bytes`; nothing when the server says that there is none. A body that
/// `is_good` refuses is fetched again, and Error{kBadData} in the end. Throws also as HttpFile does.
std::optional<std::string> download(const RemoteAccess& access, const std::string& url,
                                    std::uint64_t max_bytes, const ByteSource::Check& is_good);

}  // namespace palimpsest::io
