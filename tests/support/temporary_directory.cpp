#include "tests/support/temporary_directory.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "common/base/error.h"

namespace palimpsest::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "palimpsest-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw base::errno_error("cannot create directory", pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace palimpsest::test
