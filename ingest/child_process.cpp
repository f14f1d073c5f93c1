#include "ingest/child_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kKeptOutput = 64 << 10;
constexpr int kPollMs = 100;
constexpr int kCannotStart = 127;

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

  /// Waits for the end; returns the exit code, or 128 + signal.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

/// A null-terminated array of C strings for exec.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> changed_environment(const std::vector<std::string>& changes) {
  std::map<std::string, std::string> variables;
  const auto set = [&](const std::string& text) {
    const std::size_t equals = text.find('=');
    variables.erase(text.substr(0, equals));
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text;
  };
  for (char** variable = environ; *variable != nullptr; ++variable) set(*variable);
  for (const std::string& change : changes) set(change);
  std::vector<std::string> result;
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

/// The body of the child between fork and exec: only what is safe there (async-signal-safe calls).
[[noreturn]] void start_program(char* const* argv, char* const* environment, const ProgramLimits& limits,
                                const Streams& streams, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotStart);  // it died before prctl
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) std::signal(signal, SIG_DFL);
  limit(RLIMIT_CORE, 1);
  limit(RLIMIT_FSIZE, limits.max_file_bytes);
  limit(RLIMIT_DATA, limits.max_memory_bytes);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(null, STDIN_FILENO);
  dup2(streams.output, STDOUT_FILENO);
  dup2(streams.errors, STDERR_FILENO);
  execvpe(argv[0], argv, environment);
  const char* reason = std::strerror(errno);
  if (write(STDERR_FILENO, reason, std::strlen(reason)) < 0) _exit(kCannotStart);
  _exit(kCannotStart);
}

/// Appends what is there to `kept`, which keeps its end; false when all writers are gone.
bool read_some(int descriptor, std::string& kept) {
  char buffer[4096];
  const ssize_t size = read(descriptor, buffer, sizeof buffer);
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  kept.append(buffer, static_cast<std::size_t>(size));
  if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
  return true;
}

void read_until_closed(Pipe& output, Pipe& errors, const ProgramLimits& limits, const std::string& what,
                       ProgramResult& result) {
  while (output.read.get() >= 0 || errors.read.get() >= 0) {
    base::throw_if_stopped();
    if (std::chrono::steady_clock::now() >= limits.deadline) {
      throw base::Error(base::ErrorCode::kEnvironment, what + " takes too long",
                        {.hint = "see --help for the limit"});
    }
    pollfd ready[] = {{output.read.get(), POLLIN, 0}, {errors.read.get(), POLLIN, 0}};
    if (poll(ready, 2, kPollMs) <= 0) continue;
    if (ready[0].revents != 0 && !read_some(output.read.get(), result.output)) output.read.close_now();
    if (ready[1].revents != 0 && !read_some(errors.read.get(), result.errors)) errors.read.close_now();
  }
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

ProgramResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                          const ProgramLimits& limits) {
  const std::vector<std::string> variables = changed_environment(environment);
  const std::vector<char*> arguments = pointers(argv);
  const std::vector<char*> variable_pointers = pointers(variables);
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw base::errno_error("cannot fork", argv[0]);
  if (pid == 0) {
    start_program(arguments.data(), variable_pointers.data(), limits,
                  {output.write.get(), errors.write.get()}, parent);
  }
  setpgid(pid, pid);  // both sides set it, so that it holds before either goes on
  Child child(pid);
  output.write.close_now();
  errors.write.close_now();
  ProgramResult result;
  read_until_closed(output, errors, limits, argv[0], result);
  result.exit_code = child.wait();
  if (result.exit_code == kCannotStart) {
    throw base::Error(base::ErrorCode::kEnvironment,
                      "cannot start " + argv[0] + ": " + one_line(result.errors),
                      {.hint = "install it, or check PATH"});
  }
  return result;
}

void run_program(const std::vector<std::string>& argv, int timeout_s) {
  const ProgramResult result = run_program(argv, {}, {.deadline = deadline_in(timeout_s)});
  if (result.exit_code == 0) return;
  throw base::Error(base::ErrorCode::kEnvironment, argv[0] + " failed: " + one_line(result.errors));
}

}  // namespace palimpsest::ingest
