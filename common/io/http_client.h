// One HTTP request with libcurl: no retries, nothing believed that the caller has not bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace palimpsest::io {

/// Bytes [offset, offset + size) of a file, size > 0.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct HttpRequest {
  std::string url;
  std::optional<ByteRange> range = {};  ///< asks for a part (RFC 9110, 14)
  std::string if_range = {};            ///< asks for the part of this version only: an ETag or a date
  std::uint64_t max_bytes = 0;          ///< of the body; what goes beyond is not read
};

/// Header fields are as they stand there, empty when missing, those of the last redirect's answer.
struct HttpResponse {
  long status = 0;
  std::string etag = {};
  std::string last_modified = {};
  std::string content_range = {};
  std::string content_encoding = {};
  double retry_after_seconds = 0;
  std::string body = {};
  bool is_cut = false;  ///< the body was longer than max_bytes
};

/// Thread-safe; connections are kept and used again. At most kMostRedirects redirects are followed, from
/// https to https only.
class HttpClient {
 public:
  /// A request fails after `stall_seconds` without a connection or with less than 1 KiB/s.
  explicit HttpClient(int stall_seconds);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  static constexpr long kMostRedirects = 5;

  /// GET. Returns answers of any status. Throws TransientError (no connection, cut, stalled),
  /// Error{kEnvironment} (not to be reached this way: bad URL, redirects, certificate), or
  /// Interrupted.
  HttpResponse get(const HttpRequest& request) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::io
