#include "ingest/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::ingest {
namespace {

using testing::ElementsAre;

TEST(PatternTest, ExpandsBraces) {
  EXPECT_THAT(expand_braces("plain"), ElementsAre("plain"));
  EXPECT_THAT(expand_braces("{a,b}/c.{x,y}"), ElementsAre("a/c.x", "a/c.y", "b/c.x", "b/c.y"));
  EXPECT_THAT(expand_braces("open{a"), ElementsAre("open{a"));
  EXPECT_THAT(expand_braces("{}"), ElementsAre(""));
  std::string many;
  for (int i = 0; i < 40; ++i) many += "{a,b}";
  EXPECT_THROW(expand_braces(many), base::Error);
}

TEST(PatternTest, ModuleCoversItselfAndWhatIsBelow) {
  EXPECT_TRUE(matches_module("react", "react"));
  EXPECT_TRUE(matches_module("react", "react/jsx-runtime"));
  EXPECT_FALSE(matches_module("react", "react-dom"));
  EXPECT_FALSE(matches_module("react", "reac"));
  EXPECT_TRUE(matches_module("@nestjs/*", "@nestjs/common"));
  EXPECT_TRUE(matches_module("@nestjs/*", "@nestjs/common/decorators/core"));
  EXPECT_FALSE(matches_module("@nestjs/*", "@nestjsx/crud"));
  EXPECT_TRUE(matches_module("@*/nextjs", "@clerk/nextjs/server"));
  EXPECT_FALSE(matches_module("@*/nextjs", "@clerk/nextjs-server"));
}

TEST(PatternTest, PathStarsStayInsideTheirPart) {
  EXPECT_TRUE(matches_path("*.ts", "a.ts"));
  EXPECT_FALSE(matches_path("*.ts", "a/b.ts"));
  EXPECT_TRUE(matches_path("**/*.ts", "b.ts"));
  EXPECT_TRUE(matches_path("**/jest.config.ts", "jest.config.ts"));
  EXPECT_TRUE(matches_path("**/jest.config.ts", "a/jest.config.ts"));
  EXPECT_FALSE(matches_path("**/jest.config.ts", "a/my-jest.config.ts"));
  EXPECT_TRUE(matches_path("**/*.ts", "a/very/deep/b.ts"));
  EXPECT_TRUE(matches_path("app/**/page.tsx", "app/page.tsx"));
  EXPECT_TRUE(matches_path("app/**/page.tsx", "app/(shop)/[id]/page.tsx"));
  EXPECT_FALSE(matches_path("app/**/page.tsx", "src/app/page.tsx"));
  EXPECT_FALSE(matches_path("app/**/page.tsx", "app/homepage.tsx"));
  EXPECT_TRUE(matches_path("**/dto/**/*.ts", "src/users/dto/a/b.ts"));
  EXPECT_TRUE(matches_path("**/use[A-Z]*.ts", "src/useUser.ts"));
  EXPECT_FALSE(matches_path("**/use[A-Z]*.ts", "src/users.ts"));
  EXPECT_TRUE(matches_path("**/a*b/c", "x/aab/c"));
  EXPECT_TRUE(matches_path("**/a/b", "a/a/b"));
}

TEST(PatternTest, ManyStarsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "*a";
  EXPECT_FALSE(matches_module(pattern + "b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace palimpsest::ingest
