#include "ingest/personal_data.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace palimpsest::ingest {
namespace {

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool is_local_char(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}
bool is_domain_char(char c) {
  return is_alnum(c) || c == '.' || c == '-';
}

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& sorted) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

/// Mailboxes of roles (RFC 2142 and their like) and of programs: no person reads or is named by them.
bool is_role(std::string_view local) {
  static constexpr std::array<std::string_view, 44> kRoles = {
      "abuse",  "account",   "accounts",  "admin",      "administrator", "billing", "contact",  "demo",
      "dev",    "developer", "email",     "foo",        "git",           "hello",   "help",     "hostmaster",
      "info",   "legal",     "mail",      "marketing",  "member",        "news",    "no-reply", "nobody",
      "noc",    "noreply",   "office",    "owner",      "postmaster",    "privacy", "root",     "sales",
      "sample", "security",  "someone",   "superadmin", "support",       "team",    "test",     "tester",
      "user",   "username",  "webmaster", "www"};
  return is_one_of(local, kRoles) || local.find_first_not_of(local[0]) == std::string_view::npos;
}

/// A label of a domain that examples use, also inside `domain-one` or `my-example`.
bool is_placeholder(std::string_view label) {
  static constexpr std::array<std::string_view, 8> kWhole = {"acme", "bar",       "company", "email",
                                                             "host", "localhost", "site",    "users"};
  static constexpr std::array<std::string_view, 5> kWords = {"domain", "example", "foo", "sample", "test"};
  if (is_one_of(label, kWhole)) return true;
  for (std::size_t begin = 0; begin <= label.size();) {
    const std::size_t end = std::min(label.find('-', begin), label.size());
    if (is_one_of(label.substr(begin, end - begin), kWords)) return true;
    begin = end + 1;
  }
  return false;
}

/// Endings of files, and those of RFC 2606 and RFC 6762 that no mail server has.
bool is_no_top_domain(std::string_view label) {
  static constexpr std::array<std::string_view, 24> kEndings = {
      "css",   "example",   "gif", "html", "internal", "invalid", "jpeg", "jpg", "js", "json", "jsx", "lan",
      "local", "localhost", "md",  "mjs",  "png",      "svg",     "test", "tld", "ts", "tsx",  "vue", "webp"};
  return is_one_of(label, kEndings);
}

/// A name that DNS permits (RFC 1035; `--` only in xn--) and somebody may have registered: names of one
/// letter below a top domain are not for sale.
bool is_real_domain(std::string_view domain) {
  std::vector<std::string_view> labels;
  for (std::size_t begin = 0; begin <= domain.size();) {
    const std::size_t end = std::min(domain.find('.', begin), domain.size());
    const std::string_view label = domain.substr(begin, end - begin);
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    if (label.find("--") != std::string_view::npos && !label.starts_with("xn--")) return false;
    if (end < domain.size() && is_placeholder(label)) return false;
    labels.push_back(label);
    begin = end + 1;
  }
  return labels.size() >= 2 && labels[labels.size() - 2].size() > 1 && !is_no_top_domain(labels.back());
}

bool is_real_local(std::string_view local) {
  return local.back() != '.' && local.find("..") == std::string_view::npos;
}

std::optional<Secret> email_around(std::string_view text, std::size_t at) {
  constexpr std::size_t kMaxLocal = 64;
  constexpr std::size_t kMaxDomain = 255;
  std::size_t begin = at;
  while (begin > 0 && at - begin < kMaxLocal && is_local_char(text[begin - 1])) --begin;
  while (begin < at && !is_alnum(text[begin])) ++begin;
  const bool is_escape = begin > 0 && begin < at && text[begin - 1] == '\\' && std::isalpha(text[begin]) != 0;
  if (is_escape) ++begin;  // the n of \n
  std::size_t end = at + 1;
  while (end < text.size() && end - at < kMaxDomain && is_domain_char(text[end])) ++end;
  while (end > at + 1 && !is_alnum(text[end - 1])) --end;
  const std::string_view local = text.substr(begin, at - begin);
  const std::string_view domain = text.substr(at + 1, end - at - 1);
  const std::size_t dot = domain.rfind('.');
  if (local.empty() || dot == std::string_view::npos || dot == 0 || !is_alnum(domain[0])) return std::nullopt;
  const std::string_view last = domain.substr(dot + 1);
  const bool is_name =
      std::all_of(last.begin(), last.end(), [](unsigned char c) { return std::islower(c) != 0; });
  if (!is_name || last.size() < 2) return std::nullopt;
  if (is_role(local) || !is_real_local(local) || !is_real_domain(domain)) return std::nullopt;
  // `scheme://user@host` is an address of a server, not of a person.
  if (begin >= 1 && (text[begin - 1] == '/' || text[begin - 1] == ':')) return std::nullopt;
  return Secret{begin, end, SecretKind::kEmail};
}

using Octets = std::array<int, 4>;

/// RFC 6890 and the addresses that everybody writes.
bool is_public(const Octets& ip) {
  const auto [a, b, c, d] = ip;
  const bool is_special = a == 0 || a == 10 || a == 127 || a >= 224 || (a == 100 && b >= 64 && b < 128) ||
                          (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) ||
                          (a == 192 && b == 168) || (a == 192 && b == 0) ||
                          (a == 198 && (b == 18 || b == 19 || b == 51)) || (a == 203 && b == 0 && c == 113);
  const bool is_well_known = (a == b && b == c && c == d) || (b == a + 1 && c == b + 1 && d == c + 1) ||
                             (a == 8 && b == 8) || (a == 1 && b == 0) || (b == 0 && c == 0);
  return !is_special && !is_well_known;
}

std::optional<Secret> ip_at(std::string_view text, std::size_t begin) {
  Octets octets{};
  std::size_t at = begin;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const std::size_t first = at;
    while (at < text.size() && at - first < 3 && std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
      octets[i] = octets[i] * 10 + (text[at++] - '0');
    }
    const bool has_leading_zero = at - first > 1 && text[first] == '0';
    if (at == first || octets[i] > 255 || has_leading_zero) return std::nullopt;
    if (i < 3 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
  }
  static constexpr std::string_view kBehind = "'\"` \n\r:/),]<;";
  if (at < text.size() && kBehind.find(text[at]) == std::string_view::npos) return std::nullopt;
  if (!is_public(octets)) return std::nullopt;
  return Secret{begin, at, SecretKind::kIpAddress};
}

/// Only behind a quote, a space or `//`: numbers of versions and drawings stand elsewhere.
bool may_start_ip(std::string_view text, std::size_t at) {
  if (std::isdigit(static_cast<unsigned char>(text[at])) == 0) return false;
  if (at == 0) return true;
  static constexpr std::string_view kBefore = "'\"`(@[";
  const char before = text[at - 1];
  return kBefore.find(before) != std::string_view::npos || (before == '/' && at >= 2 && text[at - 2] == '/');
}

}  // namespace

double entropy_bits(std::string_view text) {
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

std::vector<Secret> find_personal_data(std::string_view text) {
  std::vector<Secret> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::optional<Secret> secret;
    if (text[i] == '@') {
      secret = email_around(text, i);
    } else if (may_start_ip(text, i)) {
      secret = ip_at(text, i);
    }
    if (!secret) continue;
    found.push_back(*secret);
    i = secret->end - 1;
  }
  return found;
}

}  // namespace palimpsest::ingest
