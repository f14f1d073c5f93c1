#include "common/tokens/repository_list.h"

#include <sstream>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::tokens {

std::vector<std::string> read_repository_list(const std::filesystem::path& path) {
  constexpr const char* kSpace = " \t\r";
  std::istringstream lines(io::read_file(path));
  std::vector<std::string> repos;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string::npos || line[begin] == '#') continue;
    repos.push_back(line.substr(begin, line.find_last_not_of(kSpace) + 1 - begin));
  }
  if (repos.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "empty repository list",
                      {.expected = "one repository a line", .where = path.string()});
  }
  return repos;
}

}  // namespace palimpsest::tokens
