#include "common/base/child_process.h"

#include <chrono>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/error_code.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::base {
namespace {

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
  } catch (const Error& error) {
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

TEST(ChildProcessTest, GainsNoRightsAndInheritsNoFiles) {
  const ProgramLimits limits{.deadline = deadline_in(10)};
  const ProgramResult rights = run_program({"grep", "NoNewPrivs", "/proc/self/status"}, {}, limits);
  EXPECT_EQ(rights.output, "NoNewPrivs:\t1\n");
  const int leaked = open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GE(leaked, 0);
  const std::string descriptor = "/proc/self/fd/" + std::to_string(leaked);
  EXPECT_NE(run_program({"test", "-e", descriptor}, {}, limits).exit_code, 0);
  EXPECT_EQ(observe_program({"test", "-e", descriptor}, {.inherited = {leaked}}, limits).exit_code, 0);
  close(leaked);
}

TEST(ChildProcessTest, ObservesLimitsAndStarts) {
  const ProgramLimits limits{.deadline = deadline_in(10), .max_output_bytes = 1 << 20};
  EXPECT_EQ(observe_program({"yes"}, {}, limits).end, ProgramEnd::kOutput);
  EXPECT_EQ(code_of([&] { run_program({"yes"}, {}, limits); }), ErrorCode::kEnvironment);
  const ProgramResult empty =
      observe_program({"env"}, {.environment = {"A=1"}, .empty_environment = true}, limits);
  EXPECT_EQ(empty.output, "A=1\n");
  const auto start = std::chrono::steady_clock::now();
  const ProgramResult silent =
      observe_program({"sh", "-c", "exec >&- 2>&-; sleep 60"}, {}, {.deadline = deadline_in(1)});
  EXPECT_EQ(silent.end, ProgramEnd::kTime) << "closed streams are not the end";
  const ProgramResult busy =
      observe_program({"sh", "-c", "while :; do :; done"}, {}, {.deadline = deadline_in(30), .max_cpu_s = 1});
  EXPECT_EQ(busy.exit_code, 128 + SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

}  // namespace
}  // namespace palimpsest::base
