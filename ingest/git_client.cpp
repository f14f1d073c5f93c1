#include "ingest/git_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "common/base/error.h"
#include "common/base/url_login.h"
#include "ingest/retry.h"

namespace palimpsest::ingest {
namespace {

constexpr int kMostRedirects = 3;
constexpr std::string_view kSymref = "ref: ";
constexpr const char* kRefused = "redirects to another host";

/// Fixed for every call. Objects are never checked out and every path in them is taken for hostile, so
/// fetch.fsckObjects would only refuse old histories; git verifies each object's hash anyway. Blobs above
/// core.bigFileThreshold are streamed, not held in memory.
constexpr std::array kSettings = {"protocol.allow=never",          "protocol.https.allow=always",
                                  "protocol.http.allow=always",    "protocol.ssh.allow=always",
                                  "protocol.git.allow=always",     "protocol.file.allow=always",
                                  "http.followRedirects=false",    "core.hooksPath=/dev/null",
                                  "core.fsmonitor=false",          "core.askPass=",
                                  "credential.interactive=false",  "submodule.recurse=false",
                                  "fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false",
                                  "fetch.unpackLimit=1",           "gc.auto=0",
                                  "maintenance.auto=false",        "core.bigFileThreshold=8m",
                                  "core.deltaBaseCacheLimit=32m",  "core.packedGitWindowSize=16m",
                                  "core.packedGitLimit=64m",       "pack.threads=2"};

/// A user name, which may be a token, as a setting: behind those that the environment holds already.
void add_user_name(const UrlWithLogin& remote, std::vector<std::string>& environment) {
  const char* given = std::getenv("GIT_CONFIG_COUNT");
  const int count = given == nullptr ? 0 : std::max(0, std::atoi(given));
  const std::string index = std::to_string(count);
  environment.push_back("GIT_CONFIG_COUNT=" + std::to_string(count + 1));
  environment.push_back("GIT_CONFIG_KEY_" + index + "=credential." + http_origin(remote.url) + ".username");
  environment.push_back("GIT_CONFIG_VALUE_" + index + "=" + remote.login->user);
}

/// A user's environment must not make our git look at other repositories, ask, or translate messages.
std::vector<std::string> environment_for(const UrlWithLogin& remote, const std::string& ssh_command) {
  std::vector<std::string> environment = {"GIT_DIR",
                                          "GIT_WORK_TREE",
                                          "GIT_INDEX_FILE",
                                          "GIT_OBJECT_DIRECTORY",
                                          "GIT_NAMESPACE",
                                          "GIT_COMMON_DIR",
                                          "GIT_TRACE",
                                          "GIT_TRACE_CURL",
                                          "GIT_CURL_VERBOSE",
                                          "GIT_TRACE_PACKET",
                                          "LC_ALL=C",
                                          "GIT_ASKPASS=",
                                          "SSH_ASKPASS",
                                          "GIT_TERMINAL_PROMPT=0",
                                          "GCM_INTERACTIVE=never",
                                          "GIT_SSH_COMMAND=" + ssh_command};
  if (!remote.login) return environment;
  if (remote.login->password) {
    environment.push_back("PALIMPSEST_GIT_USER=" + remote.login->user);
    environment.push_back("PALIMPSEST_GIT_PASSWORD=" + *remote.login->password);
  } else {
    add_user_name(remote, environment);
  }
  return environment;
}

/// The empty helper removes the user's: the login in the URL is the one to use. printf is built into the
/// shell, so that the password appears in no process list.
std::vector<std::string> login_settings(const UrlWithLogin& remote) {
  if (!remote.login || !remote.login->password) return {};
  return {"-c", "credential.helper=", "-c",
          "credential." + http_origin(remote.url) +
              R"(.helper=!f() { [ "$1" = get ] && printf 'username=%s\npassword=%s\n')"
              R"( "$PALIMPSEST_GIT_USER" "$PALIMPSEST_GIT_PASSWORD"; }; f)"};
}

[[noreturn]] void throw_git_error(const std::string& url, const base::ProgramResult& result) {
  const std::string said = base::without_logins(base::one_line(result.errors));
  const auto says = [&](const char* text) { return said.find(text) != std::string::npos; };
  base::ErrorContext context{.where = url};
  if (says("died of signal 25") || says("File too large")) {
    throw base::Error(base::ErrorCode::kEnvironment, "repository is too large",
                      {.where = url, .hint = "raise --git-max-bytes, or fetch less with --shallow"});
  }
  if (says("ut of memory") || says("malloc")) {
    throw base::Error(base::ErrorCode::kEnvironment, "repository needs too much memory: " + said,
                      {.where = url, .hint = "raise --git-max-memory if you trust it"});
  }
  if (says("terminal prompts disabled") || says("Authentication failed") || says("Permission denied")) {
    context.hint = "set up a git credential helper or an ssh key; nothing is ever asked here";
  }
  const std::string message = "git failed: " + said;
  if (is_transient_failure(said)) throw TransientError(base::ErrorCode::kEnvironment, message, context);
  throw base::Error(base::ErrorCode::kEnvironment, message, context);
}

/// The user's own ssh command, which must not ask anything.
std::string find_ssh_command(const base::ProgramLimits& limits) {
  const char* given = std::getenv("GIT_SSH_COMMAND");
  std::string command = given != nullptr ? given : "";
  if (command.empty()) {
    command = base::run_program({"git", "config", "--get", "core.sshCommand"}, {}, limits).output;
    while (command.ends_with('\n')) command.pop_back();
  }
  return (command.empty() ? "ssh" : command) + " -o BatchMode=yes -o ConnectTimeout=30";
}

bool is_redirect(const std::string& message) {
  return std::any_of(std::begin({'1', '2', '3', '7', '8'}), std::end({'1', '2', '3', '7', '8'}),
                     [&](char digit) {
                       return message.find(std::string("returned error: 30") + digit) != std::string::npos;
                     });
}

}  // namespace

GitClient::GitClient(const std::string& url, base::ProgramLimits limits)
    : remote_(split_login(url)), limits_(limits), ssh_command_(find_ssh_command(limits)) {
  if (url.empty() || url.starts_with('-')) {
    throw base::Error(base::ErrorCode::kUsage, "bad repository URL", {.got = remote_.url});
  }
}

base::ProgramResult GitClient::run_raw(const std::vector<std::string>& arguments, bool trace_http) const {
  std::vector<std::string> argv = {"git"};
  for (const char* setting : kSettings) argv.insert(argv.end(), {"-c", setting});
  for (const std::string& setting : login_settings(remote_)) argv.push_back(setting);
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environment_for(remote_, ssh_command_);
  if (trace_http) {  // git leaves logins out of this trace, and it is only searched for an address
    for (const char* variable : {"GIT_TRACE_CURL=1", "GIT_TRACE_CURL_NO_DATA=1", "GIT_TRACE_REDACT=1"})
      environment.emplace_back(variable);
  }
  return base::run_program(argv, environment, limits_);
}

std::string GitClient::run(const std::vector<std::string>& arguments) const {
  base::ProgramResult result = run_raw(arguments, false);
  if (result.exit_code != 0) throw_git_error(remote_.url, result);
  return std::move(result.output);
}

std::string GitClient::redirect_target() const {
  const std::string trace = run_raw({"ls-remote", "--quiet", "--", remote_.url, "HEAD"}, true).errors;
  std::string lower = trace;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::string_view kHeader = "recv header: location: ";
  const std::size_t found = lower.rfind(kHeader);
  if (found == std::string::npos) return {};
  const std::size_t begin = found + kHeader.size();
  std::string location = trace.substr(begin, trace.find_first_of("\r\n", begin) - begin);
  return location;
}

std::string GitClient::find_default_branch() {
  for (int redirects = 0;; ++redirects) {
    const base::ProgramResult result =
        run_raw({"ls-remote", "--quiet", "--symref", "--", remote_.url, "HEAD"}, false);
    if (result.exit_code == 0) {
      if (!result.output.starts_with(kSymref)) return {};
      const std::size_t end = result.output.find('\t');
      return result.output.substr(kSymref.size(), end - kSymref.size());
    }
    if (!is_redirect(result.errors) || redirects == kMostRedirects) throw_git_error(remote_.url, result);
    const std::string location = redirect_target();
    const std::optional<std::string> target = redirected_url(remote_.url, location);
    if (!target) {
      throw base::Error(base::ErrorCode::kEnvironment, std::string("repository ") + kRefused,
                        {.got = split_login(location).url,
                         .where = remote_.url,
                         .hint = "if you trust that host, name the repository by its address there"});
    }
    remote_.url = *target;
  }
}

}  // namespace palimpsest::ingest
