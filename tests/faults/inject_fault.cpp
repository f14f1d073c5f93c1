// inject_fault PLAN REPORT COMMAND...: runs COMMAND under ptrace(2) and makes the system calls of PLAN
// (fault_plan.h) fail; `none` only counts. Works below the C library, whose own calls no preloaded library
// sees. Counting begins when the program installs its handler of SIGTERM, so that the loader is left alone.
// Writes the number of faults to REPORT and `KIND CALLS` for each kind of call, and exits as COMMAND did,
// with 128 + N for signal N. Linux on x86-64.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/fault_plan.h"

namespace {

using palimpsest::faults::FaultPlan;

constexpr int kCannotRun = 127;
constexpr std::uint64_t kLeastToCut = 64;  // bytes; a device such as /dev/urandom gives a few at once

class Tracer {
 public:
  Tracer(std::optional<FaultPlan> plan, pid_t child) : plan_(std::move(plan)), child_(child) {}

  /// Returns the exit code of the child.
  int run() {
    int status = 0;
    waitpid(child_, &status, 0);
    constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                              PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    ptrace(PTRACE_SETOPTIONS, child_, nullptr, kOptions);
    ptrace(PTRACE_SYSCALL, child_, nullptr, nullptr);
    for (;;) {
      const pid_t thread = waitpid(-1, &status, __WALL);
      if (thread < 0) return kCannotRun;
      if (WIFEXITED(status) || WIFSIGNALED(status)) {
        if (thread == child_) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        continue;
      }
      ptrace(PTRACE_SYSCALL, thread, nullptr, static_cast<long>(signal_to_deliver(thread, status)));
    }
  }

  void report(const char* path) const {
    std::FILE* file = std::fopen(path, "w");
    if (file == nullptr) return;
    std::fprintf(file, "%lu\n", hits_);
    for (const auto& [kind, count] : calls_) std::fprintf(file, "%s %lu\n", kind.c_str(), count);
    std::fclose(file);
  }

 private:
  int signal_to_deliver(pid_t thread, int status) {
    const int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
      on_call(thread);
      return 0;
    }
    if (signal == SIGTRAP || status >> 16 != 0) return 0;  // a new thread, process or program
    if (signal == SIGSTOP) return 0;                       // how new threads begin
    return signal;
  }

  void on_call(pid_t thread) {
    struct __ptrace_syscall_info info {};
    ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      enter(thread, info.entry.nr, info.entry.args);
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
      if (const auto failing = failing_.find(thread); failing != failing_.end()) {
        poke(thread, offsetof(user_regs_struct, rax), static_cast<std::uint64_t>(-failing->second));
        failing_.erase(failing);
      }
    }
  }

  void enter(pid_t thread, std::uint64_t number, const __uint64_t* arguments) {
    if (number == SYS_rt_sigaction && arguments[0] == SIGTERM && arguments[1] != 0) armed_ = true;
    const std::string_view kind = palimpsest::faults::call_kind(number);
    if (!armed_ || kind.empty()) return;
    const std::uint64_t of_kind = ++calls_[std::string(kind)];
    const std::uint64_t of_all = ++calls_["any"];
    if (!plan_ || !plan_->hits(kind, plan_->kind == "any" ? of_all : of_kind)) return;
    ++hits_;
    if (plan_->signal != 0) {
      kill(child_, plan_->signal);
    } else if (plan_->is_short) {
      if (arguments[2] >= kLeastToCut && (kind == "read" || kind == "write"))
        poke(thread, offsetof(user_regs_struct, rdx), std::max<std::uint64_t>(1, arguments[2] / 2));
    } else {
      failing_[thread] = plan_->error;
      // close(2) closes whatever it returns; no other call is made.
      if (kind != "close") poke(thread, offsetof(user_regs_struct, orig_rax), static_cast<std::uint64_t>(-1));
    }
  }

  static void poke(pid_t thread, std::size_t offset, std::uint64_t value) {
    ptrace(PTRACE_POKEUSER, thread, offset, value);
  }

  std::optional<FaultPlan> plan_;
  pid_t child_;
  bool armed_ = false;
  std::map<std::string, std::uint64_t> calls_;  // by kind
  std::uint64_t hits_ = 0;
  std::unordered_map<pid_t, int> failing_;  // what the call in progress will return
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: inject_fault PLAN REPORT COMMAND...\n", stderr);
    return 2;
  }
  std::optional<FaultPlan> plan;
  try {
    if (std::strcmp(argv[1], "none") != 0) plan = palimpsest::faults::parse_plan(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inject_fault: bad plan %s: %s\n", argv[1], error.what());
    return 2;
  }
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    execvp(argv[3], argv + 3);
    _exit(kCannotRun);
  }
  Tracer tracer(plan, child);
  const int exit_code = tracer.run();
  tracer.report(argv[2]);
  return exit_code;
}
