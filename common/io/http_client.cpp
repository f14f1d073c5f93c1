#include "common/io/http_client.h"

#include <algorithm>
#include <cctype>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <curl/curl.h>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/base/url_login.h"
#include "common/io/retry_policy.h"

namespace palimpsest::io {
namespace {

constexpr long kSlowestBytesPerSecond = 1024;

struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using CurlHandle = std::unique_ptr<CURL, CloseCurl>;

struct FreeHeaders {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeHeaders>;

struct Transfer {
  HttpResponse response;
  std::uint64_t max_bytes = 0;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool same_name(std::string_view a, std::string_view lower_case) {
  return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                    [](unsigned char x, char y) { return std::tolower(x) == y; });
}

std::size_t on_header(const char* data, std::size_t, std::size_t size, void* user) {
  HttpResponse& response = static_cast<Transfer*>(user)->response;
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) response = {};  // the answer behind a redirect
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  for (const auto& [name, field] : {std::pair<std::string_view, std::string*>{"etag", &response.etag},
                                    {"last-modified", &response.last_modified},
                                    {"content-range", &response.content_range},
                                    {"content-encoding", &response.content_encoding}}) {
    if (same_name(line.substr(0, colon), name)) *field = trimmed(line.substr(colon + 1));
  }
  return size;
}

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.response.is_cut = transfer.response.body.size() + size > transfer.max_bytes;
  if (transfer.response.is_cut) return 0;
  transfer.response.body.append(data, size);
  return size;
}

int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return base::stop_signal() != 0 ? 1 : 0;
}

/// Failures that trying again does not mend.
bool is_permanent(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return true;
    default:
      return false;
  }
}

void set_limits(CURL* curl, const std::string& url, long stall_seconds) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, url.starts_with("https:") ? "https" : "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, HttpClient::kMostRedirects);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, stall_seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall_seconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

void set_callbacks(CURL* curl, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

/// Returns what must live as long as the request.
Headers set_range(CURL* curl, const HttpRequest& request) {
  if (!request.range) return {};
  const auto [offset, size] = *request.range;
  curl_easy_setopt(curl, CURLOPT_RANGE,
                   (std::to_string(offset) + "-" + std::to_string(offset + size - 1)).c_str());
  if (request.if_range.empty()) return {};
  Headers headers(curl_slist_append(nullptr, ("If-Range: " + request.if_range).c_str()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  return headers;
}

}  // namespace

struct HttpClient::State {
  int stall_seconds = 0;
  std::mutex mutex;
  std::vector<CurlHandle> idle;

  CurlHandle take() {
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) {
        CurlHandle handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    CurlHandle handle(curl_easy_init());
    if (!handle) throw base::Error(base::ErrorCode::kEnvironment, "cannot start libcurl");
    return handle;
  }

  void give_back(CurlHandle handle) {
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(handle));
  }
};

HttpClient::HttpClient(int stall_seconds) : state_(std::make_unique<State>()) {
  state_->stall_seconds = stall_seconds;
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw base::Error(base::ErrorCode::kEnvironment, "cannot start libcurl");
}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::get(const HttpRequest& request) const {
  CurlHandle handle = state_->take();
  CURL* curl = handle.get();
  Transfer transfer{.response = {}, .max_bytes = request.max_bytes};
  std::string message(CURL_ERROR_SIZE, '\0');
  curl_easy_reset(curl);  // keeps the connection
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "palimpsest");
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
  set_limits(curl, request.url, state_->stall_seconds);
  set_callbacks(curl, transfer);
  const Headers headers = set_range(curl, request);
  const CURLcode code = curl_easy_perform(curl);
  HttpResponse& response = transfer.response;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response.status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  response.retry_after_seconds = static_cast<double>(retry_after);
  if (code == CURLE_OK) state_->give_back(std::move(handle));
  if (code == CURLE_OK || response.is_cut) return std::move(response);
  base::throw_if_stopped();
  message.resize(message.find('\0'));
  if (message.empty()) message = curl_easy_strerror(code);
  message = "cannot download: " + message;
  const base::ErrorContext context{.where = base::without_login(request.url)};
  if (is_permanent(code)) throw base::Error(base::ErrorCode::kEnvironment, message, context);
  throw TransientError(base::ErrorCode::kEnvironment, message, context);
}

}  // namespace palimpsest::io
