#include "ingest/license_expression.h"

#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

TEST(LicenseExpressionTest, ParsesLists) {
  EXPECT_EQ(parse_license_list(" MIT,Apache-2.0 ,,"), (LicenseList{"apache-2.0", "mit"}));
  EXPECT_TRUE(parse_license_list("").empty());
}

TEST(LicenseExpressionTest, EvaluatesExpressions) {
  const LicenseList allowed = parse_license_list("MIT,ISC,Apache-2.0");
  for (const char* yes :
       {"MIT", "mit", "(MIT)", "GPL-3.0 OR MIT", "MIT AND ISC", "(GPL-3.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception", "MIT+", "GPL-3.0 AND X OR MIT", "MIT OR X AND Y", "MIT/X"}) {
    EXPECT_TRUE(is_allowed(yes, allowed)) << yes;
  }
  for (const char* no : {"", "GPL-3.0", "MIT AND GPL-3.0", "UNLICENSED", "MIT OR", "(MIT", "MIT)", "AND",
                         "()", "MIT ISC", "(GPL-3.0 OR X) AND MIT", "SEE LICENSE IN x"}) {
    EXPECT_FALSE(is_allowed(no, allowed)) << no;
  }
  EXPECT_FALSE(is_allowed(std::string(100'000, '('), allowed));
}

TEST(LicenseExpressionTest, KnowsTheFormOfExpressions) {
  for (const char* yes :
       {"MIT", "Apache-2.0 WITH LLVM-exception", "(GPL-2.0+ OR MIT)", "DocumentRef-a:LicenseRef-b"})
    EXPECT_TRUE(is_license_expression(yes)) << yes;
  for (const char* no : {"", "\\s*([a-zA-Z\\d+.-]+)", "${license}", "Apache License 2.0", "MIT OR", "<id>"})
    EXPECT_FALSE(is_license_expression(no)) << no;
}

}  // namespace
}  // namespace palimpsest::ingest
