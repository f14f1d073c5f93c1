#include "ingest/child_process.h"

#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using base::ErrorCode;
using test::code_of;

TEST(ChildProcessTest, RunsWithoutAShell) {
  EXPECT_NO_THROW(run_program({"true"}, 10));
  EXPECT_NO_THROW(run_program({"test", "$HOME; *", "=", "$HOME; *"}, 10));
  EXPECT_EQ(code_of([] { run_program({"false"}, 10); }), ErrorCode::kEnvironment);
  EXPECT_EQ(code_of([] { run_program({"no-such-program-here"}, 10); }), ErrorCode::kEnvironment);
}

TEST(ChildProcessTest, ShowsWhatTheProgramSaid) {
  try {
    run_program({"ls", "/no/such/folder"}, 10);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos) << error.what();
  }
}

TEST(ChildProcessTest, KillsWhatTakesTooLong) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of([] { run_program({"sleep", "60"}, 1); }), ErrorCode::kEnvironment);
  EXPECT_EQ(
      code_of([] { run_forked([] { std::this_thread::sleep_for(std::chrono::minutes(1)); }, 1, "nap"); }),
      ErrorCode::kEnvironment);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ChildProcessTest, CarriesErrorsOfAForkedChild) {
  EXPECT_NO_THROW(run_forked([] {}, 10, "nothing"));
  try {
    run_forked([] { throw std::runtime_error("the reason"); }, 10, "work");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("the reason"), std::string::npos) << error.what();
  }
  EXPECT_EQ(code_of([] { run_forked([] { std::abort(); }, 10, "crash"); }), ErrorCode::kEnvironment);
}

}  // namespace
}  // namespace palimpsest::ingest
