#include "ingest/retry.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;

TEST(RetryTest, TriesAgainOnlyWhatMayPass) {
  int attempts = 0;
  const RetryPolicy policy{.retries = 2, .first_delay_ms = 1, .deadline = base::deadline_in(10)};
  with_retries(policy, [&] {
    if (++attempts < 3) throw TransientError(ErrorCode::kEnvironment, "busy");
  });
  EXPECT_EQ(attempts, 3);
  attempts = 0;
  const auto busy = [&] {
    ++attempts;
    throw TransientError(ErrorCode::kEnvironment, "busy");
  };
  EXPECT_EQ(code_of([&] { with_retries(policy, busy); }), ErrorCode::kEnvironment);
  EXPECT_EQ(attempts, 3);
  attempts = 0;
  const auto refused = [&] {
    ++attempts;
    throw base::Error(ErrorCode::kBadData, "refused");
  };
  EXPECT_EQ(code_of([&] { with_retries(policy, refused); }), ErrorCode::kBadData);
  EXPECT_EQ(attempts, 1);
  attempts = 0;
  const RetryPolicy late{.retries = 9, .first_delay_ms = 60'000, .deadline = base::deadline_in(1)};
  EXPECT_EQ(code_of([&] { with_retries(late, busy); }), ErrorCode::kEnvironment);
  EXPECT_EQ(attempts, 1) << "the wall clock ends before the next try";
}

TEST(RetryTest, KnowsWhatPasses) {
  for (const char* message : {"fatal: unable to access 'http://h/r/': Could not resolve host: h",
                              "fatal: early EOF", "The requested URL returned error: 503",
                              "npm ERR! code ECONNRESET", "ssh: connect: Connection refused"}) {
    EXPECT_TRUE(is_transient_failure(message)) << message;
  }
  for (const char* message :
       {"fatal: Authentication failed for 'http://h/'", "repository 'http://h/r/' not found",
        "git@h: Permission denied (publickey). fatal: the remote end hung up unexpectedly",
        "npm ERR! code E404", "fatal: could not read Username for 'http://h': terminal prompts disabled",
        "something else"}) {
    EXPECT_FALSE(is_transient_failure(message)) << message;
  }
}

}  // namespace
}  // namespace palimpsest::ingest
