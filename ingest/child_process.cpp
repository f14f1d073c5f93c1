#include "ingest/child_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kKeptOutput = 4096;
constexpr int kPollMs = 100;

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
  if (pipe2(ends, O_CLOEXEC) != 0) throw base::errno_error("cannot create a pipe", "child process");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// A child in its own process group, killed with all its children when the owner gives up.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ <= 0) return;
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits for the end; returns the status of waitpid(2).
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

/// Reads until the writers are gone and keeps the end of it. Throws at the deadline or when asked to stop.
std::string read_until_closed(int descriptor, int timeout_s, const std::string& what) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_s);
  std::string kept;
  for (;;) {
    base::throw_if_stopped();
    if (std::chrono::steady_clock::now() >= deadline) {
      throw base::Error(
          base::ErrorCode::kEnvironment, what + " takes too long",
          {.expected = fmt::format("an end within {} s", timeout_s), .hint = "see --help for the limit"});
    }
    pollfd ready{descriptor, POLLIN, 0};
    if (poll(&ready, 1, kPollMs) <= 0) continue;
    char buffer[kKeptOutput];
    const ssize_t size = read(descriptor, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return kept;
    kept.append(buffer, static_cast<std::size_t>(size));
    if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
  }
}

std::string one_line(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.empty() ? "it said nothing" : text;
}

[[noreturn]] void throw_failed(const std::string& what, const std::string& output) {
  throw base::Error(base::ErrorCode::kEnvironment, what + " failed: " + one_line(output));
}

pid_t spawn(const std::vector<std::string>& argv, int error_descriptor) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, error_descriptor, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    throw base::Error(base::ErrorCode::kEnvironment, "cannot start " + argv[0] + ": " + std::strerror(error),
                      {.hint = "install it, or check PATH"});
  }
  return pid;
}

/// The body of a forked child: never returns, and never runs the parent's destructors.
[[noreturn]] void run_child(const std::function<void()>& work, int error_descriptor) {
  setpgid(0, 0);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  int status = 0;
  std::string message;
  try {
    work();
  } catch (const std::exception& error) {
    message = error.what();
    status = 1;
  }
  if (write(error_descriptor, message.data(), message.size()) < 0) status = 1;
  _exit(status);
}

}  // namespace

void run_program(const std::vector<std::string>& argv, int timeout_s) {
  Pipe errors = make_pipe();
  Child child(spawn(argv, errors.write.get()));
  errors.write.close_now();
  const std::string output = read_until_closed(errors.read.get(), timeout_s, argv[0]);
  const int status = child.wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw_failed(argv[0], output);
}

void run_forked(const std::function<void()>& work, int timeout_s, const std::string& what) {
  Pipe errors = make_pipe();
  const pid_t pid = fork();
  if (pid < 0) throw base::errno_error("cannot fork", what);
  if (pid == 0) run_child(work, errors.write.get());
  setpgid(pid, pid);  // both sides set it, so that it holds before either goes on
  Child child(pid);
  errors.write.close_now();
  const std::string output = read_until_closed(errors.read.get(), timeout_s, what);
  const int status = child.wait();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw_failed(what, output);
}

}  // namespace palimpsest::ingest
