// LICENSE files of one source by folder, as evidence of what they are.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace palimpsest::ingest {

/// LICENSE, LICENCE, COPYING, UNLICENSE, also as LICENSE-MIT or COPYING.LESSER, without ending or as .md,
/// .txt, .markdown, .rst; in any case.
bool is_license_name(std::string_view path);

/// Not thread-safe.
class LicenseFiles {
 public:
  /// REQUIRES: is_license_name(path).
  void add(std::string_view path, std::string_view text);

  /// SPDX expression of the nearest folder above `path` that has licence files; of several in one folder all
  /// have to be kept (AND). Empty when there is none or one of them is unknown: what is further up may not
  /// hold there.
  std::string license(std::string_view path) const;

 private:
  std::map<std::string, std::set<std::string>, std::less<>> by_folder_;  // "" = unknown
};

}  // namespace palimpsest::ingest
