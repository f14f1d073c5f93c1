#include "common/base/url_login.h"

#include <gtest/gtest.h>

namespace palimpsest::base {
namespace {

TEST(UrlLoginTest, LoginsLeaveUrls) {
  EXPECT_EQ(without_login("https://me:secret@host:1/a@b"), "https://host:1/a@b");
  EXPECT_EQ(without_login("https://host/a@b"), "https://host/a@b");
  EXPECT_EQ(without_login("https://me:s@cret@host"), "https://host");
  EXPECT_EQ(without_login("https://me:it's one@host/a"), "https://host/a");
  EXPECT_EQ(without_login("https://t0ken@host/a"), "https://host/a");
  EXPECT_EQ(without_login("https://host?a@b"), "https://host?a@b");
  EXPECT_EQ(without_login("git@host:a/b"), "git@host:a/b");
  EXPECT_EQ(without_login(""), "");
}

TEST(UrlLoginTest, LoginsLeaveMessages) {
  EXPECT_EQ(without_logins("no 'https://me:secret@host/a' and http://t0ken@host: mail a@b"),
            "no 'https://host/a' and http://host: mail a@b");
  EXPECT_EQ(without_logins("https:// x@y"), "https:// x@y");
  EXPECT_EQ(without_logins("://"), "://");
}

TEST(UrlLoginTest, LoginsLeaveTheProcessList) {
  std::string name = "ingest";
  std::string source = "git:https://me:secret@host/a@v1";
  std::string plain = "git:https://host/a@v1";
  char* argv[] = {name.data(), source.data(), plain.data()};
  blank_logins(3, argv);
  EXPECT_EQ(source, "git:https://*********@host/a@v1");
  EXPECT_EQ(plain, "git:https://host/a@v1");
}

}  // namespace
}  // namespace palimpsest::base
