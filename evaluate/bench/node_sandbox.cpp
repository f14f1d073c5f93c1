#include "evaluate/bench/node_sandbox.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/child_process.h"
#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/json.h"
#include "evaluate/bench/memory_file.h"
#include "evaluate/bench/system_call_filter.h"

namespace palimpsest::embedded {
extern const std::string_view kTypeScriptCompiler;
}

namespace palimpsest::bench {
namespace {

namespace fs = std::filesystem;

/// Each line is something that a protected program cannot do.
constexpr std::string_view kProbe = R"(
const fs = require('fs');
const mustFail = (what, work) => {
  try { work(); } catch { return; }
  throw new Error('the sandbox allows: ' + what);
};
mustFail('processes', () => {
  const child = require('child_process').spawnSync(process.execPath, ['-e', '0']);
  if (child.error) throw child.error;
});
for (const file of ['/x', '/work/x', '/usr/lib/x', '/dev/x', '/etc/x']) {
  mustFail('writing ' + file, () => fs.writeFileSync(file, 'x'));
}
for (const folder of ['/home', '/root', '/etc', '/proc/1', '/sys']) {
  mustFail('reading ' + folder, () => fs.readdirSync(folder));
}
fs.writeFileSync('/tmp/x', 'x');
if (Object.keys(process.env).some((name) => name !== 'PWD')) throw new Error('the sandbox has an environment');
if (process.getuid() === 0) throw new Error('the sandbox runs as root');
const socket = require('net').connect(9, '127.0.0.1');
socket.on('error', (error) => {
  if (!['EPERM', 'EACCES'].includes(error.code)) throw new Error('the sandbox allows: sockets');
});
)";

constexpr std::string_view kRunTypeScript = R"(
const ts = require('/work/typescript.js');
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
const source = require('fs').readFileSync('/work/program.ts', 'utf8');
module._compile(ts.transpileModule(source, { compilerOptions }).outputText, '/work/program.js');
)";

[[noreturn]] void refuse(const std::string& why, const std::string& hint) {
  throw base::Error(base::ErrorCode::kEnvironment, "cannot run tests safely: " + why, {.hint = hint});
}

std::string find_node() {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? std::string() : std::string(path));
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder) / "node";
    if (access(file.c_str(), X_OK) == 0) return fs::canonical(file).string();
  }
  refuse("no node in PATH", "apt-get install nodejs");
}

/// The first process of the sandbox's name space, as `bwrap --info-fd` tells it; 0 when it never was.
pid_t first_process(const MemoryFile& info) {
  const io::Json json = io::Json::parse(info.read_all(), nullptr, false);
  return json.is_object() && json.contains("child-pid") ? json["child-pid"].get<pid_t>() : 0;
}

/// Kills the first process, with which the kernel ends all others of the name space; bwrap, its parent, then
/// ends too.
void kill_name_space(const MemoryFile& info) {
  if (const pid_t pid = first_process(info); pid > 0) kill(pid, SIGKILL);
}

/// Waits until nothing of the name space is left. bwrap may end first, and its child becomes ours.
void reap_name_space(const MemoryFile& info) {
  const pid_t pid = first_process(info);
  if (pid <= 0) return;
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

RunOutcome outcome_of(const base::ProgramResult& result, bool is_at_end) {
  if (result.end == base::ProgramEnd::kTime) return RunOutcome::kTimeout;
  if (result.end == base::ProgramEnd::kOutput) return RunOutcome::kOutput;
  if (result.exit_code > 128) return RunOutcome::kKilled;
  return result.exit_code == 0 && is_at_end ? RunOutcome::kPassed : RunOutcome::kFailed;
}

}  // namespace

const char* name_of(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::kPassed:
      return "passed";
    case RunOutcome::kFailed:
      return "failed";
    case RunOutcome::kTimeout:
      return "timeout";
    case RunOutcome::kOutput:
      return "output";
    case RunOutcome::kKilled:
      return "killed";
  }
  return "failed";
}

NodeSandbox::NodeSandbox(const SandboxLimits& limits)
    : limits_(limits), node_(find_node()), filter_(system_call_filter()) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const std::vector<std::string> paths = {"--allow-fs-read=*", "--allow-fs-write=/tmp/"};
  for (const char* flag : {"--permission", "--experimental-permission"}) {
    node_flags_ = {flag, paths[0], paths[1]};
    if (run("", RunLanguage::kJavaScript).outcome == RunOutcome::kPassed) break;
    node_flags_.clear();
  }
  // The flags are a second layer: what stands behind them is tried without.
  const std::vector<std::string> flags = std::move(node_flags_);
  node_flags_.clear();
  const RunResult probe = run(kProbe, RunLanguage::kJavaScript);
  if (probe.outcome != RunOutcome::kPassed) {
    refuse(
        std::string("the probe ") + name_of(probe.outcome) + ", " + base::one_line(probe.errors),
        "install bubblewrap and allow unprivileged user namespaces, or leave out the tests with --no-tests");
  }
  node_flags_ = flags;
}

std::vector<std::string> NodeSandbox::command(const std::vector<std::string>& files,
                                              const std::string& program) const {
  std::vector<std::string> argv = {"bwrap",
                                   "--unshare-all",
                                   "--unshare-user",
                                   "--die-with-parent",
                                   "--clearenv",
                                   "--cap-drop",
                                   "ALL",
                                   "--ro-bind",
                                   "/usr/lib",
                                   "/usr/lib",
                                   "--ro-bind-try",
                                   "/usr/lib64",
                                   "/usr/lib64",
                                   "--ro-bind-try",
                                   "/lib",
                                   "/lib",
                                   "--ro-bind-try",
                                   "/lib64",
                                   "/lib64",
                                   "--dev-bind",
                                   "/dev/null",
                                   "/dev/null",
                                   "--dev-bind",
                                   "/dev/urandom",
                                   "/dev/urandom",
                                   "--size",
                                   std::to_string(limits_.file_bytes),
                                   "--tmpfs",
                                   "/tmp",
                                   "--ro-bind",
                                   node_,
                                   "/work/node"};
  argv.insert(argv.end(), files.begin(), files.end());
  argv.insert(argv.end(), {"--remount-ro", "/", "--chdir", "/tmp", "--", "/work/node"});
  argv.insert(argv.end(), node_flags_.begin(), node_flags_.end());
  argv.insert(argv.end(),
              {"--max-old-space-size=" + std::to_string(limits_.memory_bytes / 2 >> 20), program});
  return argv;
}

RunResult NodeSandbox::run(std::string_view program, RunLanguage language) const {
  const std::string last_words = "end " + base::hash128_hex(program);
  // Written to a file of its own: stdout may be full or closed.
  const MemoryFile verdict("");
  const std::string text = std::string(program) + "\n;require('fs').writeSync(" +
                           std::to_string(verdict.descriptor()) + ", '" + last_words + "');\n";
  const bool is_typescript = language == RunLanguage::kTypeScript;
  const MemoryFile source(text);
  const MemoryFile filter(filter_);
  const MemoryFile info("");
  const MemoryFile runner(kRunTypeScript);
  const MemoryFile compiler(is_typescript ? embedded::kTypeScriptCompiler : "");
  std::vector<std::string> files = {"--seccomp", std::to_string(filter.descriptor()), "--info-fd",
                                    std::to_string(info.descriptor())};
  std::vector<int> inherited = {source.descriptor(), filter.descriptor(), info.descriptor(),
                                verdict.descriptor()};
  const auto add_file = [&](const MemoryFile& file, const char* path) {
    files.insert(files.end(), {"--ro-bind-data", std::to_string(file.descriptor()), path});
    inherited.push_back(file.descriptor());
  };
  add_file(source, is_typescript ? "/work/program.ts" : "/work/program.js");
  if (is_typescript) {
    add_file(runner, "/work/run.js");
    add_file(compiler, "/work/typescript.js");
  }
  const base::ProgramResult result =
      base::observe_program(command(files, is_typescript ? "/work/run.js" : "/work/program.js"),
                            {.empty_environment = true,
                             .new_session = true,
                             .without_root = true,
                             .inherited = inherited,
                             .stop = [&] { kill_name_space(info); }},
                            {.deadline = base::deadline_in(limits_.wall_s),
                             .max_file_bytes = limits_.file_bytes,
                             .max_memory_bytes = limits_.memory_bytes,
                             .max_cpu_s = limits_.cpu_s,
                             .max_output_bytes = limits_.output_bytes});
  kill_name_space(info);
  reap_name_space(info);
  return {outcome_of(result, verdict.read_all() == last_words), result.errors};
}

std::string NodeSandbox::description() const {
  return std::string("bubblewrap, seccomp, resource limits") +
         (node_flags_.empty() ? "" : ", node " + node_flags_.front());
}

}  // namespace palimpsest::bench
