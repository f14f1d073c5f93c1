#include "common/base/stage.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::base {
namespace {

/// A stage with one subcommand `go` that has the option --size and runs `work`.
class StageTest : public testing::Test {
 protected:
  int run(
      std::vector<std::string> arguments, const std::function<void()>& work = [] {}) {
    Stage stage("sample", "A sample.");
    CLI::App& app = stage.add("go", "Goes.", [&](const CLI::App& subcommand) {
      config_ = resolved_config(subcommand);
      work();
    });
    app.add_option("--size", size_)->capture_default_str();
    add_run_options(app, run_options_);
    arguments.insert(arguments.begin(), "sample");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return stage.run(static_cast<int>(argv.size()), argv.data());
  }

  int size_ = 7;
  RunOptions run_options_;
  std::map<std::string, std::string> config_;
};

TEST_F(StageTest, ErrorsBecomeTheirExitCodes) {
  EXPECT_EQ(run({"go"}), 0);
  for (const ErrorCode code :
       {ErrorCode::kUsage, ErrorCode::kBadData, ErrorCode::kEnvironment, ErrorCode::kBug}) {
    EXPECT_EQ(run({"go"}, [code] { throw Error(code, "no"); }), static_cast<int>(code));
  }
  EXPECT_EQ(run({"go"}, [] { throw Interrupted(SIGTERM); }), 143);
  EXPECT_EQ(run({"go"}, [] { throw std::runtime_error("?"); }), 5);
  EXPECT_EQ(run({"go"}, [] { std::filesystem::directory_iterator("/nowhere"); }), 4);
}

/// Puts `descriptor` in the place of stdout, or closes stdout if it is -1, until it goes out of scope.
class OtherStdout {
 public:
  explicit OtherStdout(int descriptor) {
    std::fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    if (descriptor < 0) {
      close(STDOUT_FILENO);
    } else {
      dup2(descriptor, STDOUT_FILENO);
    }
  }
  ~OtherStdout() {
    std::clearerr(stdout);
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }
  OtherStdout(const OtherStdout&) = delete;
  OtherStdout& operator=(const OtherStdout&) = delete;

 private:
  int saved_ = -1;
};

TEST_F(StageTest, ResultsThatCannotBeWrittenAreAnError) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  int code = 0;
  {
    const OtherStdout other(full);
    code = run({"go"}, [] { std::puts("result"); });
  }
  close(full);
  EXPECT_EQ(code, 4);
}

TEST_F(StageTest, AFileNeverTakesThePlaceOfAClosedStdout) {
  int opened = 0;
  {
    const OtherStdout other(-1);
    run({"go"}, [&] {
      opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
      close(opened);
    });
  }
  EXPECT_GT(opened, STDERR_FILENO);
}

TEST_F(StageTest, BadCommandLinesAreUsageErrors) {
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(run({"come"}), 2);
  EXPECT_EQ(run({"go", "--size", "big"}), 2);
  EXPECT_EQ(run({"go", "--colour"}), 2);
  EXPECT_EQ(run({"--log-format", "xml", "go"}), 2);
}

TEST_F(StageTest, HelpAndVersionSucceed) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_EQ(run({"go", "--help"}), 0);
  EXPECT_EQ(run({"--version"}), 0);
}

TEST_F(StageTest, MessagesAndProcessListHideLogins) {
  std::string source = "https://me:secret@host/a";
  std::string go = "go";
  std::string name = "sample";
  char* argv[] = {name.data(), go.data(), source.data()};
  Stage stage("sample", "A sample.");
  std::string given;
  stage.add("go", "Goes.", [](const CLI::App&) {}).add_option("source", given);
  EXPECT_EQ(stage.run(3, argv), 0);
  EXPECT_EQ(given, "https://me:secret@host/a");
  EXPECT_EQ(source, "https://*********@host/a");
  testing::internal::CaptureStderr();
  run({"go"}, [] { throw Error(ErrorCode::kBadData, "no", {.where = "https://me:secret@host/a"}); });
  run({"go", "https://me:secret@host/b"});
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("https://host/a"), std::string::npos) << log;
  EXPECT_NE(log.find("https://host/b"), std::string::npos) << log;
  EXPECT_EQ(log.find("secret"), std::string::npos) << log;
}

TEST_F(StageTest, ConfigFileSetsOptionsAndTheCommandLineWins) {
  const test::TemporaryDirectory directory;
  const std::string file = (directory.path() / "c.toml").string();
  io::write_file_atomically(file, "[go]\nsize = 11\n");
  EXPECT_EQ(run({"--config", file, "go"}), 0);
  EXPECT_EQ(size_, 11);
  EXPECT_EQ(run({"go", "--size", "12", "--config", file}), 0);
  EXPECT_EQ(size_, 12);
  io::write_file_atomically(file, "[go]\nsiez = 11\n");
  EXPECT_EQ(run({"--config", file, "go"}), 2);
  EXPECT_EQ(run({"--config", file + ".missing", "go"}), 4);
}

TEST_F(StageTest, DumpedConfigReadsBackAsItIs) {
  testing::internal::CaptureStdout();
  bool worked = false;
  EXPECT_EQ(run({"go", "--size", "13", "--dump-config"}, [&] { worked = true; }), 0);
  const std::string dumped = testing::internal::GetCapturedStdout();
  EXPECT_FALSE(worked);
  EXPECT_NE(dumped.find("[go]"), std::string::npos);
  const test::TemporaryDirectory directory;
  const std::string file = (directory.path() / "c.toml").string();
  io::write_file_atomically(file, dumped);
  size_ = 0;
  EXPECT_EQ(run({"--config", file, "go"}), 0);
  EXPECT_EQ(size_, 13);
}

TEST_F(StageTest, ResolvedConfigHoldsDefaultsAndLeavesOutHowToRun) {
  EXPECT_EQ(run({"go", "--threads", "3", "--out", "x"}), 0);
  EXPECT_EQ(config_, (std::map<std::string, std::string>{{"size", "7"}}));
  EXPECT_EQ(run({"go", "--size", "8"}), 0);
  EXPECT_EQ(config_.at("size"), "8");
}

}  // namespace
}  // namespace palimpsest::base
