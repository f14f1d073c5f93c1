#include "common/io/folder.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/io/http_client.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::io {
namespace {

TEST(FolderTest, UrlsAndPaths) {
  EXPECT_TRUE(is_url("http://host/x"));
  EXPECT_TRUE(is_url("https://host/x"));
  EXPECT_FALSE(is_url("http:/host"));
  EXPECT_FALSE(is_url("/data/http://host"));
  EXPECT_EQ(Folder("https://host/x//").where(), "https://host/x");
  EXPECT_EQ(Folder("http://host/a b").where("train/s#1?%.pls"), "http://host/a b/train/s%231%3F%25.pls");
  EXPECT_EQ(Folder("data/shards").where("x"), "data/shards/x");
  EXPECT_EQ(Folder("data").parallel_reads(), 1U);
  EXPECT_GT(Folder("http://host").parallel_reads(), 1U);
}

TEST(FolderTest, RefusesUrlsThatAreNoFolder) {
  EXPECT_THROW(Folder("http://host/x?token=1"), base::Error);
  EXPECT_THROW(Folder("http://host/x#part"), base::Error);
  EXPECT_THROW(Folder("http://host/x", {.attempts = 0}), base::Error);
}

TEST(FolderTest, MessagesHaveNoPasswords) {
  EXPECT_EQ(Folder("http://me:secret@host/x").where("y"), "http://host/x/y");
}

TEST(FolderTest, ReadsFilesOfADirectoryByTheirDigest) {
  const test::TemporaryDirectory directory;
  write_file_atomically(directory.path() / "a", "content");
  const Folder folder(directory.path());
  OutputFile file{"a", 7, base::sha256_hex("content")};
  EXPECT_EQ(folder.read(file), "content");
  std::string bytes;
  EXPECT_TRUE(folder.open(file)->read(2, 3, bytes));
  EXPECT_EQ(bytes, "nte");
  EXPECT_FALSE(folder.open(file)->read(2, 3, bytes, [](std::string_view) { return false; }));
  EXPECT_THROW(folder.open(file)->read(5, 3, bytes), base::Error);
  file.sha256 = base::sha256_hex("other");
  EXPECT_THROW(folder.read(file), base::Error);
  EXPECT_THROW(folder.open({"b", 1, ""}), base::Error);
  EXPECT_FALSE(folder.read_manifest_text());
}

}  // namespace
}  // namespace palimpsest::io
