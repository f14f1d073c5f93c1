#include "evaluate/bench/node_sandbox.h"

#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"

namespace palimpsest::bench {
namespace {

namespace fs = std::filesystem;

/// Children of this process, zombies too.
int leftover_processes() {
  int count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (std::isdigit(entry.path().filename().string()[0]) == 0) continue;
    std::ifstream file(entry.path() / "stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t close = text.rfind(')');
    if (close == std::string::npos) continue;
    int parent = 0;
    char state = 0;
    std::istringstream(text.substr(close + 1)) >> state >> parent;
    if (parent == getpid()) ++count;
  }
  return count;
}

class NodeSandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      sandbox_.emplace(SandboxLimits{.wall_s = 5, .cpu_s = 2});
    } catch (const base::Error& error) {
      GTEST_SKIP() << error.what();
    }
  }
  void TearDown() override { EXPECT_EQ(leftover_processes(), 0); }

  RunOutcome run(std::string_view program) const {
    const RunResult result = sandbox_->run(program, RunLanguage::kJavaScript);
    last_errors_ = result.errors;
    return result.outcome;
  }

  std::optional<NodeSandbox> sandbox_;
  mutable std::string last_errors_;
};

TEST_F(NodeSandboxTest, PassesAndFails) {
  EXPECT_EQ(run("require('assert').equal(1 + 1, 2);"), RunOutcome::kPassed) << last_errors_;
  EXPECT_EQ(run("require('assert').equal(1 + 1, 3);"), RunOutcome::kFailed);
  EXPECT_EQ(run("let a = ;"), RunOutcome::kFailed);
  EXPECT_EQ(run("process.exit(0); // before the tests"), RunOutcome::kFailed);
  EXPECT_EQ(run("Promise.reject(new Error('late'));"), RunOutcome::kFailed);
  EXPECT_EQ(run("const text = 'no newline at the end'; // comment"), RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, RunsTypeScript) {
  const auto outcome = [&](std::string_view program) {
    return sandbox_->run(program, RunLanguage::kTypeScript).outcome;
  };
  EXPECT_EQ(outcome("declare var require: any;\nconst a: number = 1;\nenum E { A }\n"
                    "require('node:assert').deepEqual<number>([a, E.A], [1, 0]);"),
            RunOutcome::kPassed);
  EXPECT_EQ(outcome("const a: number = 1; if (a as number) throw new Error();"), RunOutcome::kFailed);
}

TEST_F(NodeSandboxTest, ContainsProcesses) {
  EXPECT_EQ(run("const { fork, spawn } = require('child_process');\n"
                "for (;;) { fork(__filename); spawn('/work/node', [__filename], { detached: true }); }"),
            RunOutcome::kFailed);
  EXPECT_EQ(run("require('child_process').execSync('ls');"), RunOutcome::kFailed);
  EXPECT_NE(run("const { Worker } = require('worker_threads');\n"
                "for (let i = 0; i < 1e5; i++) new Worker(__filename);"),
            RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, ContainsTime) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_NE(run("for (;;);"), RunOutcome::kPassed);
  EXPECT_EQ(run("setTimeout(() => {}, 1e6);"), RunOutcome::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST_F(NodeSandboxTest, ContainsMemory) {
  EXPECT_NE(run("const all = []; for (let i = 0; i < 100; i++) all.push(Buffer.alloc(1e8, 1));"),
            RunOutcome::kPassed);
  EXPECT_NE(run("const all = []; for (;;) all.push(new Array(1e5).fill(all.length));"), RunOutcome::kPassed);
  EXPECT_NE(run("const all = []; for (let i = 0; i < 100; i++) "
                "all.push(new Uint8Array(new SharedArrayBuffer(1e8)).fill(1));"),
            RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, ContainsFiles) {
  const fs::path outside = fs::temp_directory_path() / ("palimpsest-outside-" + std::to_string(getpid()));
  EXPECT_EQ(run("require('fs').writeFileSync('" + outside.string() + "', 'x');"), RunOutcome::kPassed)
      << "its own temp folder";
  EXPECT_FALSE(fs::exists(outside)) << "is not ours";
  for (const std::string path : {"/work/x", "/usr/lib/x", "/x", "/dev/shm/x", "/etc/passwd"}) {
    EXPECT_EQ(run("require('fs').writeFileSync('" + path + "', 'x');"), RunOutcome::kFailed) << path;
  }
  EXPECT_EQ(run("require('fs').readFileSync('/etc/passwd');"), RunOutcome::kFailed);
  EXPECT_NE(run("const fs = require('fs'); for (let i = 0; i < 100; i++) "
                "fs.writeFileSync('/tmp/f' + i, Buffer.alloc(1e6));"),
            RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, ContainsNetworkAndOutput) {
  EXPECT_EQ(run("require('net').connect(80, '127.0.0.1');"), RunOutcome::kFailed);
  EXPECT_EQ(run("require('http').createServer().listen(0);"), RunOutcome::kFailed);
  EXPECT_EQ(run("require('dgram').createSocket('udp4').bind(0);"), RunOutcome::kFailed);
  EXPECT_EQ(run("const f = () => process.stdout.write('x'.repeat(1e5), f); f();"), RunOutcome::kOutput);
  EXPECT_EQ(run("console.log('x'.repeat(1e5));"), RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, RunsSideBySide) {
  std::vector<std::thread> threads;
  std::vector<RunOutcome> outcomes(6);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    threads.emplace_back([&, i] { outcomes[i] = sandbox_->run("1;", RunLanguage::kJavaScript).outcome; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const RunOutcome outcome : outcomes) EXPECT_EQ(outcome, RunOutcome::kPassed);
}

TEST_F(NodeSandboxTest, DiesWithItsOwner) {
  const pid_t owner = fork();
  if (owner == 0) {
    sandbox_->run("setTimeout(() => {}, 1e6);", RunLanguage::kJavaScript);
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  kill(owner, SIGKILL);
  // What the owner leaves behind becomes ours: all of it has to end at once.
  int ended = 0;
  for (int i = 0; i < 1000 && leftover_processes() > 0; ++i) {
    while (waitpid(-1, nullptr, WNOHANG) > 0) ++ended;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_GE(ended, 2) << "the owner and its sandbox";
}

TEST(NodeSandboxRefusalTest, RefusesWithoutItsTools) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  EXPECT_THROW(NodeSandbox(), base::Error);
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace palimpsest::bench
