#include "common/base/url_login.h"

#include <algorithm>
#include <utility>

namespace palimpsest::base {
namespace {

constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kAuthorityEnd = "/?#";
constexpr std::string_view kTextEnd = " \t\r\n\"'";

/// [begin, end) of the login of the URL whose `://` is at `scheme`, its @ included; empty when there is none.
std::pair<std::size_t, std::size_t> find_login(std::string_view text, std::size_t scheme,
                                               std::string_view url_end) {
  const std::size_t begin = scheme + kSchemeEnd.size();
  const std::size_t end =
      std::min({text.find_first_of(kAuthorityEnd, begin), text.find_first_of(url_end, begin), text.size()});
  // The last one: a password may hold an @, too.
  const std::size_t at = text.substr(0, end).rfind('@');
  return at == std::string_view::npos || at < begin ? std::pair{begin, begin} : std::pair{begin, at + 1};
}

}  // namespace

std::string without_login(std::string_view url) {
  const std::size_t scheme = url.find(kSchemeEnd);
  if (scheme == std::string_view::npos) return std::string(url);
  const auto [begin, end] = find_login(url, scheme, "");
  return std::string(url.substr(0, begin)) + std::string(url.substr(end));
}

std::string without_logins(std::string_view message) {
  std::string result;
  for (std::size_t copied = 0;;) {
    const std::size_t scheme = message.find(kSchemeEnd, copied);
    if (scheme == std::string_view::npos) return result.append(message.substr(copied));
    const auto [begin, end] = find_login(message, scheme, kTextEnd);
    result.append(message.substr(copied, begin - copied));
    copied = end;
  }
}

void blank_logins(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t scheme = argument.find(kSchemeEnd);
    if (scheme == std::string_view::npos) continue;
    const auto [begin, end] = find_login(argument, scheme, "");
    if (end > begin) std::fill(argv[i] + begin, argv[i] + end - 1, '*');
  }
}

}  // namespace palimpsest::base
