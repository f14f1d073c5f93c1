#include "ingest/license_files.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "ingest/folders.h"
#include "ingest/license_similarity.h"

namespace palimpsest::ingest {

bool is_license_name(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kNames = {"license", "licence", "copying", "unlicense"};
  static constexpr std::array<std::string_view, 6> kEndings = {"",          ".md",  ".txt",
                                                               ".markdown", ".rst", ".lesser"};
  std::string name(base_name(path));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view known) {
    if (!name.starts_with(known)) return false;
    const std::string_view rest = std::string_view(name).substr(known.size());
    const bool is_variant = rest.starts_with('-') && rest.size() > 1;
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) {
                         return rest == ending || (is_variant && !ending.empty() && rest.ends_with(ending));
                       }) ||
           (is_variant &&
            rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz-0123456789") == std::string_view::npos);
  });
}

void LicenseFiles::add(std::string_view path, std::string_view text) {
  by_folder_[std::string(folder_of(path))].emplace(identify_license(text));
}

std::string LicenseFiles::license(std::string_view path) const {
  std::string expression;
  for_each_folder_upward(path, [&](std::string_view folder) {
    const auto found = by_folder_.find(folder);
    if (found == by_folder_.end()) return false;
    if (found->second.contains("")) return true;
    for (const std::string& id : found->second) expression += (expression.empty() ? "" : " AND ") + id;
    return true;
  });
  return expression;
}

}  // namespace palimpsest::ingest
