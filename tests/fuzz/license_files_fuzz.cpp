// LICENSE files: every text gives a licence or none.
#include "ingest/license_expression.h"
#include "ingest/license_files.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  ingest::LicenseFiles files;
  files.add("LICENSE", input);
  const std::string license = files.license("src/a.ts");
  check(license.empty() || ingest::is_license_expression(license), "no licence expression");
  files.add("src/COPYING.md", input.substr(input.size() / 2));
  files.license("src/a.ts");
}
