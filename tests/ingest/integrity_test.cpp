#include "ingest/integrity.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

// SHA-512 of "abc", FIPS 180-2 appendix C.1, in base64.
constexpr const char* kAbc =
    "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

TEST(IntegrityTest, MatchesThePublishedVector) {
  EXPECT_EQ(sha512_integrity("abc"), kAbc);
}

TEST(IntegrityTest, RefusesAnythingElse) {
  EXPECT_NO_THROW(verify_integrity("abc", kAbc, "x"));
  EXPECT_EQ(test::code_of([] { verify_integrity("abd", kAbc, "x"); }), base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::ingest
