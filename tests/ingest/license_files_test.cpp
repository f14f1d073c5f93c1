#include "ingest/license_files.h"

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/json.h"

namespace palimpsest::ingest {
namespace {

std::string spdx_text(const std::string& id) {
  return io::parse_json(io::read_file(std::string(PALIMPSEST_SPDX_DIR) + "/" + id + ".json"), id)
      .at("licenseText");
}

TEST(LicenseFiles, KnowsTheirNames) {
  for (const char* name : {"LICENSE", "a/LICENCE.md", "license.txt", "COPYING", "COPYING.LESSER", "UNLICENSE",
                           "LICENSE-MIT", "LICENSE-APACHE-2.0.txt", "License.rst", "LICENSE-docs.md"}) {
    EXPECT_TRUE(is_license_name(name)) << name;
  }
  for (const char* name : {"license.ts", "license.json", "LICENSES", "licensed", "my-license",
                           "license-checker.js", "LICENSE/x", "copying.png", "license-"}) {
    EXPECT_FALSE(is_license_name(name)) << name;
  }
}

TEST(LicenseFiles, TheNearestFolderDecides) {
  LicenseFiles files;
  EXPECT_EQ(files.license("a/b.ts"), "");
  files.add("LICENSE", spdx_text("Apache-2.0"));
  files.add("packages/x/LICENSE.md", spdx_text("MIT"));
  files.add("packages/secret/LICENSE", "All rights reserved, and ask before any use of it.");
  EXPECT_EQ(files.license("a.ts"), "Apache-2.0");
  EXPECT_EQ(files.license("packages/y/src/a.ts"), "Apache-2.0");
  EXPECT_EQ(files.license("packages/x/src/a.ts"), "MIT");
  EXPECT_EQ(files.license("packages/secret/src/a.ts"), "") << "the outer licence may not hold there";
}

TEST(LicenseFiles, SeveralInOneFolderHoldTogether) {
  LicenseFiles files;
  files.add("LICENSE-MIT", spdx_text("MIT"));
  files.add("LICENSE-APACHE", spdx_text("Apache-2.0"));
  EXPECT_EQ(files.license("a.ts"), "Apache-2.0 AND MIT");
  files.add("LICENSE-docs", "Ask us.");
  EXPECT_EQ(files.license("a.ts"), "");
}

}  // namespace
}  // namespace palimpsest::ingest
