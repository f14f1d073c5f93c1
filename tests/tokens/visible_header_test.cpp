#include "common/tokens/visible_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::tokens {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VisibleHeaderTest, FindsEveryFormOfImport) {
  EXPECT_THAT(imported_modules("import a from 'x';\nimport type { B } from \"@y/z\"\nimport 'side';\n"
                               "export * from 'again';\nconst q = require('req');\nawait import(\n  'dyn');\n"
                               "import {\n  c,\n} from\n  'multi';\nimport fs = require(\"node:fs\");"),
              ElementsAre("x", "@y/z", "side", "again", "req", "dyn", "multi", "node:fs"));
}

TEST(VisibleHeaderTest, LeavesOutRelativeOnesAndRepeats) {
  EXPECT_THAT(
      imported_modules("import './a'; import '../b'; import '/c'; import 'd'; import 'd'; import '.';"),
      ElementsAre("d"));
}

TEST(VisibleHeaderTest, IgnoresCommentsStringsAndLookAlikes) {
  EXPECT_THAT(imported_modules(
                  "// import 'a'\n/* from 'b' */ const s = \"from 'c'\"; Array.from('d'); x.import('e');\n"
                  "myfrom 'f'; fromx 'g'; const from = 'h'; require.resolve('i');"),
              IsEmpty());
}

TEST(VisibleHeaderTest, SurvivesBrokenText) {
  EXPECT_THAT(imported_modules("<p>don't</p>\nimport x from 'ok'\nfrom 'open\nimport \"\nimport 'esc\\"),
              ElementsAre("ok"));
  EXPECT_THAT(imported_modules("/* import 'a'"), IsEmpty());
  EXPECT_THAT(imported_modules("import"), IsEmpty());
  EXPECT_THAT(imported_modules(""), IsEmpty());
  EXPECT_THAT(imported_modules("import 'two words'; import '" + std::string(300, 'x') + "'"), IsEmpty());
}

TEST(VisibleHeaderTest, TakesTheLastThreePathParts) {
  EXPECT_EQ(visible_header("src/users/users.service.ts", "import '@nestjs/common'; import 'typeorm';"),
            "// src/users/users.service.ts: @nestjs/common typeorm\n");
  EXPECT_EQ(visible_header("a/b/c/d.ts", ""), "// b/c/d.ts\n");
  EXPECT_EQ(visible_header("d.ts", ""), "// d.ts\n");
  EXPECT_EQ(visible_header("/x/d.ts", ""), "// /x/d.ts\n");
}

TEST(VisibleHeaderTest, IsCutToTheTokenLimit) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  EXPECT_EQ(encode_header(tokenizer, "// x\n").size(), tokenizer.encode("// x\n").size());
  EXPECT_EQ(encode_header(tokenizer, "// " + std::string(200, 'x')).size(), kMaxHeaderTokens);
}

}  // namespace
}  // namespace palimpsest::tokens
