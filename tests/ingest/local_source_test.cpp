// Folders and git repositories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "ingest/folder_source.h"
#include "ingest/git_source.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using test::code_of;
using test::make_collector;
using test::put_file;
using testing::ElementsAre;

constexpr GitLimits kLimits{.timeout_s = 60, .max_bytes = 1 << 26};

TEST(FolderSourceTest, FollowsNoLinkAndOpensNoPipe) {
  const test::TemporaryDirectory directory;
  const fs::path folder = directory.path() / "f";
  put_file(folder / "src/a.ts", "a");
  put_file(folder / "node_modules/x/b.ts", "b");
  put_file(folder / ".git/c.ts", "c");
  put_file(folder / "\xff.ts", "d");
  fs::create_symlink("src/a.ts", folder / "link.ts");
  fs::create_symlink("/", folder / "root");
  ASSERT_EQ(mkfifo((folder / "pipe.ts").c_str(), 0600), 0);
  FileCollector collector = make_collector();
  read_folder(folder, collector, true);
  const SourceFiles files = collector.finish();
  EXPECT_THAT(test::paths(files), ElementsAre("src/a.ts"));
  EXPECT_THAT(test::reasons(files),
              ElementsAre("link", "link", "not_a_file", "unsafe_path", "vendored_folder"));
}

TEST(FolderSourceTest, TheDigestFollowsPathsAndContents) {
  const test::TemporaryDirectory directory;
  const auto digest = [&] {
    FileCollector collector = make_collector();
    return read_folder(directory.path(), collector, true);
  };
  put_file(directory.path() / "a.ts", "a");
  const std::string first = digest();
  put_file(directory.path() / "readme.md", "not read");
  EXPECT_EQ(digest(), first);
  put_file(directory.path() / "a.ts", "b");
  EXPECT_NE(digest(), first);
  EXPECT_EQ(code_of([&] {
              read_folder(directory.path() / "none", *std::make_unique<FileCollector>(make_collector()),
                          true);
            }),
            ErrorCode::kEnvironment);
}

TEST(FolderSourceTest, RefusesIgnoreRulesThatHangLibgit2) {
  const test::TemporaryDirectory directory;
  put_file(directory.path() / "sub/a.ts", "a");
  for (const char* rules : {"\f", "!\fx", "a\fb\n", "x\n/\v"}) {
    put_file(directory.path() / "sub/.gitignore", rules);
    FileCollector collector = make_collector(FileCollector::SourceMaps::kIgnore);
    EXPECT_EQ(test::code_of([&] { read_folder(directory.path(), collector, true); }),
              base::ErrorCode::kBadData);
    EXPECT_NO_THROW(read_folder(directory.path(), collector, false));
  }
  put_file(directory.path() / "sub/.gitignore", "# a page\f\n");
  FileCollector collector = make_collector(FileCollector::SourceMaps::kIgnore);
  EXPECT_NO_THROW(read_folder(directory.path(), collector, true));
}

TEST(FolderSourceTest, HonoursIgnoreFilesInsideTheFolder) {
  const test::TemporaryDirectory directory;
  const fs::path folder = directory.path() / "f";
  put_file(directory.path() / ".gitignore", "*\n");
  put_file(folder / ".gitignore", "/dist/\n*.gen.ts\n!keep.gen.ts\n");
  put_file(folder / "sub/.gitignore", "only-here.ts\n");
  for (const char* path : {"a.ts", "b.gen.ts", "keep.gen.ts", "dist/c.ts", "sub/dist/d.ts",
                           "sub/only-here.ts", "only-here.ts"}) {
    put_file(folder / path, "x");
  }
  FileCollector collector = make_collector();
  read_folder(folder, collector, true);
  const SourceFiles files = collector.finish();
  EXPECT_THAT(test::paths(files), ElementsAre("a.ts", "keep.gen.ts", "only-here.ts", "sub/dist/d.ts"));
  EXPECT_THAT(test::reasons(files), ElementsAre("ignored", "ignored", "ignored"));
  read_folder(folder, collector, false);
  EXPECT_EQ(collector.finish().files.size(), 7U);
}

/// A repository with a.ts changed in a second commit, a tag on the first, a link and a file in a folder.
class GitSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    put_file(repository() / "a.ts", "first");
    put_file(repository() / "src/b.tsx", "b");
    put_file(repository() / "node_modules/c.ts", "c");
    fs::create_symlink("a.ts", repository() / "link.ts");
    test::git(repository(), "init");
    test::git(repository(), "add -A -f");
    test::git(repository(), "commit -m one");
    test::git(repository(), "tag v1");
    put_file(repository() / "a.ts", "second");
    test::git(repository(), "commit -a -m two");
  }

  fs::path repository() const { return directory_.path() / "repository"; }
  fs::path cache() const { return directory_.path() / "cache"; }
  std::string url() const { return "file://" + repository().string(); }

  static SourceFiles read(const GitCommit& commit) {
    FileCollector collector = make_collector(FileCollector::SourceMaps::kIgnore);
    read_commit(commit, collector);
    return collector.finish();
  }

  test::TemporaryDirectory directory_;
};

TEST_F(GitSourceTest, OpensALocalRepositoryWhereItIs) {
  const GitCommit commit = find_commit(repository().string(), "", cache(), kLimits);
  const SourceFiles files = read(commit);
  EXPECT_THAT(test::paths(files), ElementsAre("a.ts", "src/b.tsx"));
  EXPECT_EQ(files.files[0].text, "second");
  EXPECT_EQ(files.files[0].blob.size(), 40U);
  EXPECT_THAT(test::reasons(files), ElementsAre("link", "vendored_folder"));
  EXPECT_FALSE(fs::exists(cache()));
}

TEST_F(GitSourceTest, FindsTagsAndBranches) {
  EXPECT_EQ(read(find_commit(repository().string(), "v1", cache(), kLimits)).files[0].text, "first");
  EXPECT_EQ(read(find_commit(repository().string(), "main", cache(), kLimits)).files[0].text, "second");
  EXPECT_EQ(code_of([&] { find_commit(repository().string(), "nothing", cache(), kLimits); }),
            ErrorCode::kBadData);
}

TEST_F(GitSourceTest, ClonesAndFetchesARemote) {
  const GitCommit first = find_commit(url(), "", cache(), kLimits);
  EXPECT_EQ(read(first).files[0].text, "second");
  put_file(repository() / "a.ts", "third");
  test::git(repository(), "commit -a -m three");
  EXPECT_EQ(read(find_commit(url(), "", cache(), kLimits)).files[0].text, "third");
  EXPECT_EQ(read(find_commit(url(), "v1", cache(), kLimits)).files[0].text, "first");
  fs::remove_all(repository());
  EXPECT_EQ(read(find_commit(url(), first.id, cache(), kLimits)).files[0].text, "second") << "from the cache";
  EXPECT_EQ(code_of([&] { find_commit(url(), "main", cache(), kLimits); }), ErrorCode::kEnvironment);
}

TEST_F(GitSourceTest, SkipsSubmodules) {
  test::git(repository(), "submodule add '" + url() + "' sub");
  test::git(repository(), "commit -m sub");
  EXPECT_THAT(test::reasons(read(find_commit(repository().string(), "", cache(), kLimits))),
              ElementsAre("link", "submodule", "vendored_folder"));
}

TEST_F(GitSourceTest, LimitsWhatACloneReceives) {
  EXPECT_EQ(code_of([&] { find_commit(url(), "", cache(), {.timeout_s = 60, .max_bytes = 1}); }),
            ErrorCode::kEnvironment);
  EXPECT_EQ(code_of([&] { find_commit("nowhere", "", cache(), kLimits); }), ErrorCode::kEnvironment);
}

TEST_F(GitSourceTest, ADamagedObjectIsBadData) {
  const GitCommit commit = find_commit(repository().string(), "", cache(), kLimits);
  const std::string blob = read(commit).files[0].blob;
  const fs::path object = repository() / ".git/objects" / blob.substr(0, 2) / blob.substr(2);
  fs::permissions(object, fs::perms::owner_write, fs::perm_options::add);
  put_file(object, "damage");
  EXPECT_EQ(code_of([&] { read(commit); }), ErrorCode::kBadData);
}

TEST(GitRevisionTest, ACommitIdHasFortyDigits) {
  EXPECT_TRUE(is_commit_id(std::string(40, 'a')));
  EXPECT_FALSE(is_commit_id("main"));
}

}  // namespace
}  // namespace palimpsest::ingest
