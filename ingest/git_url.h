// URLs of git repositories: what may be logged, and where a redirect may lead.
#pragma once

#include <optional>
#include <string>

namespace palimpsest::ingest {

struct Login {
  std::string user;                     ///< may be a token
  std::optional<std::string> password;  ///< without one, git's credential helpers are asked
};

struct UrlWithLogin {
  std::string url;             ///< safe to show in messages and process lists
  std::optional<Login> login;  ///< given in an http(s) URL, percent-decoded
};

/// Takes the login out of an http(s) URL.
UrlWithLogin split_login(const std::string& url);

/// `scheme://host:port` of an http(s) URL, in lower case; empty for anything else.
std::string http_origin(const std::string& url);

/// Where a redirect of `url` to `location` leads the clone: the new repository URL, or nothing when that is
/// another host, another port, or a downgrade from https.
std::optional<std::string> redirected_url(const std::string& url, const std::string& location);

}  // namespace palimpsest::ingest
