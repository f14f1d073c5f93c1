#include "ingest/source_spec.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;

TEST(SourceSpecTest, ParsesEveryKind) {
  const SourceSpec npm = parse_source("npm:@scope/name@1.2.3-rc.1#sha512-abc==");
  EXPECT_EQ(npm.kind, SourceKind::kNpm);
  EXPECT_EQ(npm.location, "@scope/name");
  EXPECT_EQ(npm.revision, "1.2.3-rc.1");
  EXPECT_EQ(npm.integrity, "sha512-abc==");
  EXPECT_EQ(npm.text(), "npm:@scope/name@1.2.3-rc.1");
  EXPECT_EQ(parse_source("tgz:a/b.tgz").location, "a/b.tgz");
  EXPECT_EQ(parse_source("dir:/x").kind, SourceKind::kFolder);
}

TEST(SourceSpecTest, GitRevisionIsNotTheUser) {
  EXPECT_EQ(parse_source("git:https://example.com/a/b.git@v1.0").revision, "v1.0");
  EXPECT_EQ(parse_source("git:https://example.com/a/b.git").revision, "");
  EXPECT_EQ(parse_source("git:git@example.com:a/b.git").revision, "");
  EXPECT_EQ(parse_source("git:git@example.com:a/b.git@main").revision, "main");
  EXPECT_EQ(parse_source("git:ssh://git@example.com/a/b").location, "ssh://git@example.com/a/b");
  EXPECT_EQ(parse_source("git:repo@main").location, "repo");
  EXPECT_EQ(parse_source("git:https://me:secret@example.com").text(), "git:https://example.com");
}

TEST(SourceSpecTest, MessagesHoldNoPassword) {
  EXPECT_EQ(parse_source("git:https://user:secret@host/a@v1").text(), "git:https://host/a@v1");
}

TEST(SourceSpecTest, RefusesWhatIsNotPinnedOrNotAName) {
  for (const char* text : {"", "rxjs", "npm:", "npm:rxjs", "npm:rxjs@latest", "npm:rxjs@^7.0.0", "npm:rxjs@7",
                           "npm:../evil@1.0.0", "npm:--flag@1.0.0", "npm:a/b@1.0.0", "npm:https://x/y@1.0.0",
                           "npm:rxjs@7.8.2#sha1-abc", "npm:@scope@1.0.0", "svn:x", "dir:", "git:a/b@"}) {
    EXPECT_EQ(code_of([&] { parse_source(text); }), ErrorCode::kUsage) << text;
  }
}

TEST(SourceSpecTest, ReadsListsByColumnName) {
  const auto specs = parse_source_list(
      "# a comment\nversion\tpackage\tfamily\tintegrity\r\n7.8.2\trxjs\tcore\tsha512-x\r\n\n", "list.tsv",
      "");
  ASSERT_EQ(specs.size(), 1U);
  EXPECT_EQ(specs[0].text(), "npm:rxjs@7.8.2");
  EXPECT_EQ(specs[0].integrity, "sha512-x");
}

TEST(SourceSpecTest, ListsTakePathsFromTheirFolder) {
  const auto specs = parse_source_list(
      "source\trevision\ndir:src\t\ngit:../repo\tfeature/x\ngit:https://h/r\tv1\n", "l", "/lists");
  ASSERT_EQ(specs.size(), 3U);
  EXPECT_EQ(specs[0].location, "/lists/src");
  EXPECT_EQ(specs[1].location, "/repo");
  EXPECT_EQ(specs[1].revision, "feature/x");
  EXPECT_EQ(specs[2].location, "https://h/r");
}

TEST(SourceSpecTest, NamesTheBadLine) {
  for (const char* text : {"", "package\tversion\n", "name\tversion\na\t1.0.0\n", "package\tversion\nrxjs\n",
                           "package\tversion\nrxjs\tlatest\n", "package\tversion\nrxjs\t1.0.0\textra\n"}) {
    EXPECT_EQ(code_of([&] { parse_source_list(text, "list.tsv", ""); }), ErrorCode::kBadData) << text;
  }
  try {
    parse_source_list("package\tversion\nrxjs\tlatest\n", "list.tsv", "");
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("list.tsv:2"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace palimpsest::ingest
