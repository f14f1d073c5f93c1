// The `git` program as the only way to other machines. It knows the user's proxies, certificates, ssh set-up
// and credential helpers, which libgit2 1.5 does not, and as a child process it can be given a wall clock and
// limits of memory and disk. It is locked down: no prompt, no hook, no submodule, no remote helper program.
#pragma once

#include <string>
#include <vector>

#include "common/base/child_process.h"
#include "ingest/git_url.h"

namespace palimpsest::ingest {

/// Talks to one remote. Logins reach git through its environment, never through arguments.
class GitClient {
 public:
  /// `url` may hold a login. Throws Error{kUsage} when it could be taken for a flag.
  GitClient(const std::string& url, base::ProgramLimits limits);

  /// The remote's URL without its login.
  const std::string& url() const { return remote_.url; }

  /// `git ARGUMENTS`; returns stdout. Throws TransientError or Error{kEnvironment} with what git said.
  std::string run(const std::vector<std::string>& arguments) const;

  /// Asks the remote for HEAD, and follows redirects inside the same host: url() is the final address
  /// afterwards. Returns the name of the remote's default branch, `refs/heads/…`; empty when it has none.
  std::string find_default_branch();

 private:
  base::ProgramResult run_raw(const std::vector<std::string>& arguments, bool trace_http) const;
  std::string redirect_target() const;

  UrlWithLogin remote_;
  base::ProgramLimits limits_;
  std::string ssh_command_;
};

}  // namespace palimpsest::ingest
