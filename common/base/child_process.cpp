#include "common/base/child_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <utility>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/signals.h"

namespace palimpsest::base {
namespace {

constexpr std::size_t kKeptOutput = 64 << 10;
constexpr int kPollMs = 100;
constexpr int kCannotStart = 127;
constexpr int kGraceMs = 2000;
constexpr uid_t kNobody = 65534;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close_now(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return value_; }
  void close_now() {
    if (value_ >= 0) close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw errno_error("cannot create a pipe", "child process");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// A child in its own process group, killed with all its children when the owner gives up.
class Child {
 public:
  Child(pid_t pid, std::function<void()> stop) : pid_(pid), stop_(std::move(stop)) {}
  ~Child() { end_now(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits for the end; returns the exit code, or 128 + signal.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  bool has_ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }

  /// Kills it unless it has ended; returns as wait() does, 0 when there is nothing to wait for.
  int end_now() {
    if (pid_ <= 0) return 0;
    if (stop_) stop_();
    if (!stop_ || !ends_soon()) {
      kill(-pid_, SIGKILL);
      kill(pid_, SIGKILL);
    }
    return wait();
  }

 private:
  bool ends_soon() const {
    for (int waited = 0; waited < kGraceMs; ++waited) {
      if (has_ended()) return true;
      usleep(1000);
    }
    return false;
  }

  pid_t pid_;
  std::function<void()> stop_;
};

/// A null-terminated array of C strings for exec.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> make_environment(const ProgramSetup& setup) {
  std::map<std::string, std::string> variables;
  const auto set = [&](const std::string& text) {
    const std::size_t equals = text.find('=');
    variables.erase(text.substr(0, equals));
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text;
  };
  for (char** variable = environ; *variable != nullptr && !setup.empty_environment; ++variable) {
    set(*variable);
  }
  for (const std::string& change : setup.environment) set(change);
  std::vector<std::string> result;
  result.reserve(variables.size());
  for (auto& [name, text] : variables) result.push_back(std::move(text));
  return result;
}

void limit(int resource, std::uint64_t value) {
  if (value == 0) return;
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

struct Streams {
  int output;
  int errors;
};

struct Start {
  char* const* argv;
  char* const* environment;
  const ProgramSetup& setup;
  const ProgramLimits& limits;
  Streams streams;
  pid_t parent;
};

[[noreturn]] void fail_to_start() {
  const char* reason = std::strerror(errno);
  if (write(STDERR_FILENO, reason, std::strlen(reason)) < 0) _exit(kCannotStart);
  _exit(kCannotStart);
}

/// The body of the child between fork and exec: only what is safe there (async-signal-safe calls).
[[noreturn]] void start_program(const Start& start) {
  if (start.setup.new_session) setsid();
  setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(null, STDIN_FILENO);
  dup2(start.streams.output, STDOUT_FILENO);
  dup2(start.streams.errors, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int descriptor : start.setup.inherited) fcntl(descriptor, F_SETFD, 0);
  limit(RLIMIT_CORE, 1);
  limit(RLIMIT_FSIZE, start.limits.max_file_bytes);
  limit(RLIMIT_DATA, start.limits.max_memory_bytes);
  limit(RLIMIT_CPU, start.limits.max_cpu_s);
  if (start.setup.without_root && geteuid() == 0 &&
      (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
       setresuid(kNobody, kNobody, kNobody) != 0)) {
    fail_to_start();
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);              // setuid programs start without root's rights
  prctl(PR_SET_PDEATHSIG, SIGKILL);                    // a change of the user would take it back
  if (getppid() != start.parent) _exit(kCannotStart);  // it died before prctl
  execvpe(start.argv[0], start.argv, start.environment);
  fail_to_start();
}

/// Appends what is there to `kept`, which keeps its end; false when all writers are gone.
bool read_some(int descriptor, std::string& kept, std::uint64_t& bytes) {
  char buffer[4096];
  const ssize_t size = read(descriptor, buffer, sizeof buffer);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  bytes += static_cast<std::uint64_t>(size);
  kept.append(buffer, static_cast<std::size_t>(size));
  if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
  return true;
}

ProgramEnd read_until_closed(Pipe& output, Pipe& errors, const ProgramLimits& limits, ProgramResult& result) {
  std::uint64_t bytes = 0;
  while (output.read.get() >= 0 || errors.read.get() >= 0) {
    throw_if_stopped();
    if (std::chrono::steady_clock::now() >= limits.deadline) return ProgramEnd::kTime;
    if (limits.max_output_bytes > 0 && bytes > limits.max_output_bytes) return ProgramEnd::kOutput;
    pollfd ready[] = {{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}};
    if (poll(ready, 2, kPollMs) <= 0) continue;
    if (ready[0].revents != 0 && !read_some(output.read.get(), result.output, bytes)) output.read.close_now();
    if (ready[1].revents != 0 && !read_some(errors.read.get(), result.errors, bytes)) errors.read.close_now();
  }
  return ProgramEnd::kExit;
}

/// A program may close its streams and go on.
ProgramEnd wait_until_ended(const Child& child, Deadline deadline) {
  while (!child.has_ended()) {
    throw_if_stopped();
    if (std::chrono::steady_clock::now() >= deadline) return ProgramEnd::kTime;
    usleep(1000);
  }
  return ProgramEnd::kExit;
}

}  // namespace

Deadline deadline_in(int seconds) {
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

std::string one_line(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.empty() ? "it said nothing" : text;
}

ProgramResult observe_program(const std::vector<std::string>& argv, const ProgramSetup& setup,
                              const ProgramLimits& limits) {
  const std::vector<std::string> variables = make_environment(setup);
  const std::vector<char*> arguments = pointers(argv);
  const std::vector<char*> variable_pointers = pointers(variables);
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  const Start start{
      arguments.data(), variable_pointers.data(), setup, limits, {output.write.get(), errors.write.get()},
      getpid()};
  const pid_t pid = fork();
  if (pid < 0) throw errno_error("cannot fork", argv[0]);
  if (pid == 0) start_program(start);
  setpgid(pid, pid);  // both sides set it, so that it holds before either goes on
  Child child(pid, setup.stop);
  output.write.close_now();
  errors.write.close_now();
  ProgramResult result;
  result.end = read_until_closed(output, errors, limits, result);
  if (result.end == ProgramEnd::kExit) result.end = wait_until_ended(child, limits.deadline);
  result.exit_code = result.end == ProgramEnd::kExit ? child.wait() : child.end_now();
  if (result.exit_code == kCannotStart) {
    throw Error(ErrorCode::kEnvironment, "cannot start " + argv[0] + ": " + one_line(result.errors),
                {.hint = "install it, or check PATH"});
  }
  return result;
}

ProgramResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const ProgramLimits& limits) {
  ProgramResult result = observe_program(argv, {.environment = environment}, limits);
  if (result.end == ProgramEnd::kTime) {
    throw Error(ErrorCode::kEnvironment, argv[0] + " takes too long", {.hint = "see --help for the limit"});
  }
  if (result.end == ProgramEnd::kOutput) {
    throw Error(ErrorCode::kEnvironment, argv[0] + " says too much",
                {.expected = "at most " + std::to_string(limits.max_output_bytes) + " bytes"});
  }
  return result;
}

void run_program(const std::vector<std::string>& argv, int timeout_s) {
  const ProgramResult result = run_program(argv, {}, {.deadline = deadline_in(timeout_s)});
  if (result.exit_code == 0) return;
  throw Error(ErrorCode::kEnvironment, argv[0] + " failed: " + one_line(result.errors));
}

}  // namespace palimpsest::base
