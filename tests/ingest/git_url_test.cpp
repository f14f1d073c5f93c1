#include "ingest/git_url.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

TEST(GitUrlTest, TakesOutLogins) {
  const UrlWithLogin split = split_login("https://me:p%40ss@host:8443/a/b.git");
  EXPECT_EQ(split.url, "https://host:8443/a/b.git");
  ASSERT_TRUE(split.login.has_value());
  EXPECT_EQ(split.login->user, "me");
  EXPECT_EQ(split.login->password, "p@ss");
  const UrlWithLogin token = split_login("https://t0ken@host/a");
  EXPECT_EQ(token.url, "https://host/a");
  ASSERT_TRUE(token.login.has_value());
  EXPECT_EQ(token.login->user, "t0ken");
  EXPECT_FALSE(token.login->password.has_value());
  for (const char* url : {"https://host/a@b:c", "git@host:a/b", "ssh://git@host/a", "/a/b"}) {
    EXPECT_EQ(split_login(url).url, url);
    EXPECT_FALSE(split_login(url).login.has_value());
  }
}

TEST(GitUrlTest, FollowsRedirectsInsideAHostOnly) {
  const std::string url = "http://host/old";
  const auto to = [&](const std::string& location) {
    return redirected_url(url, location).value_or("refused");
  };
  const std::string service = "/info/refs?service=git-upload-pack";
  EXPECT_EQ(to("http://host/new" + service), "http://host/new");
  EXPECT_EQ(to("https://HOST/new" + service), "https://HOST/new");
  EXPECT_EQ(to("/new" + service), "http://host/new");
  for (const std::string& location : std::vector<std::string>{
           "http://other/new" + service, "//other/new" + service, "http://host:81/new" + service,
           "http://host@other/new" + service, "file:///etc" + service, "http://host/login",
           "http://host/old" + service, ""}) {
    EXPECT_EQ(to(location), "refused") << location;
  }
  EXPECT_FALSE(redirected_url("https://host/old", "http://host/new" + service)) << "no way back from https";
}

}  // namespace
}  // namespace palimpsest::ingest
