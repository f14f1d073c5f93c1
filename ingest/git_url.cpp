#include "ingest/git_url.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace palimpsest::ingest {
namespace {

constexpr std::string_view kServicePath = "/info/refs";

struct Parts {
  std::string_view scheme;
  std::string_view login;
  std::string_view host;  // with the port
  std::string_view path;  // from the first slash
};

std::optional<Parts> parse_http(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  Parts parts{.scheme = url.substr(0, scheme_end), .login = {}, .host = {}, .path = {}};
  if (parts.scheme != "http" && parts.scheme != "https") return {};
  const std::size_t begin = scheme_end + 3;
  const std::size_t slash = std::min(url.find_first_of("/?#", begin), url.size());
  parts.host = url.substr(begin, slash - begin);
  parts.path = url.substr(slash);
  if (const std::size_t at = parts.host.rfind('@'); at != std::string_view::npos) {
    parts.login = parts.host.substr(0, at);
    parts.host = parts.host.substr(at + 1);
  }
  return parts;
}

std::string decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      result.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

}  // namespace

UrlWithLogin split_login(const std::string& url) {
  const std::optional<Parts> parts = parse_http(url);
  if (!parts) return {url, {}};
  if (parts->login.empty()) return {url, {}};
  const std::size_t colon = parts->login.find(':');
  Login login{.user = decode(parts->login.substr(0, colon)), .password = {}};
  if (colon != std::string_view::npos) login.password = decode(parts->login.substr(colon + 1));
  return {std::string(parts->scheme) + "://" + std::string(parts->host) + std::string(parts->path), login};
}

std::string http_origin(const std::string& url) {
  const std::optional<Parts> parts = parse_http(url);
  if (!parts) return {};
  std::string origin = std::string(parts->scheme) + "://" + std::string(parts->host);
  std::transform(origin.begin(), origin.end(), origin.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return origin;
}

std::optional<std::string> redirected_url(const std::string& url, const std::string& location) {
  const std::string from = http_origin(url);
  std::string target = location.starts_with('/') && !location.starts_with("//") ? from + location : location;
  const std::string to = http_origin(target);
  const bool same = to == from || (from.starts_with("http://") && to == "https://" + from.substr(7));
  const std::size_t service = target.find(kServicePath);
  if (to.empty() || !same || service == std::string::npos) return {};
  target.resize(service);
  return target == url ? std::nullopt : std::optional(target);
}

}  // namespace palimpsest::ingest
