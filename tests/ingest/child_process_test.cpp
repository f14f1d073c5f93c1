#include "ingest/child_process.h"

#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

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
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ChildProcessTest, GivesOutputExitCodeAndEnvironment) {
  const ProgramLimits limits{.deadline = deadline_in(10)};
  const ProgramResult result =
      run_program({"sh", "-c", "echo \"$A${HOME-none}\"; echo bad >&2; exit 3"}, {"A=x", "HOME"}, limits);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "xnone\n");
  EXPECT_EQ(one_line(result.errors), "bad");
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}, {}, limits).exit_code, 128 + 9);
}

TEST(ChildProcessTest, LimitsFilesAndMemory) {
  const test::TemporaryDirectory directory;
  const std::string file = (directory.path() / "f").string();
  ProgramLimits limits{.deadline = deadline_in(10), .max_file_bytes = 4096};
  EXPECT_NE(run_program({"dd", "if=/dev/zero", "of=" + file, "bs=1k", "count=64"}, {}, limits).exit_code, 0);
  EXPECT_LE(std::filesystem::file_size(file), 4096U);
  limits = {.deadline = deadline_in(10), .max_memory_bytes = 64U << 20};
  EXPECT_NE(run_program({"dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1"}, {}, limits).exit_code,
            0);
}

}  // namespace
}  // namespace palimpsest::ingest
