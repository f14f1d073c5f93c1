#include "ingest/secret_log.h"

#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

TEST(SecretLogTest, ListsWhereAndCountsKinds) {
  SecretLog log;
  log.add("dir:x:a.ts", {{3, 10, SecretKind::kToken}, {20, 25, SecretKind::kEmail}});
  log.add("dir:x:b.ts", {{0, 4, SecretKind::kEmail}});
  EXPECT_EQ(log.lines(),
            "{\"file\":\"dir:x:a.ts\",\"kind\":\"token\",\"begin\":3,\"bytes\":7}\n"
            "{\"file\":\"dir:x:a.ts\",\"kind\":\"email\",\"begin\":20,\"bytes\":5}\n"
            "{\"file\":\"dir:x:b.ts\",\"kind\":\"email\",\"begin\":0,\"bytes\":4}\n");
  EXPECT_EQ(log.counts().at("email"), 2);
  EXPECT_EQ(log.counts().at("token"), 1);
  EXPECT_EQ(log.counts().at("jwt"), 0);
}

}  // namespace
}  // namespace palimpsest::ingest
