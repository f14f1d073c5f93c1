#include "ingest/libgit.h"

#include <git2.h>

#include "common/base/url_login.h"

namespace palimpsest::ingest {
namespace {

int start() {
  const int started = git_libgit2_init();
  for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG,
                          GIT_CONFIG_LEVEL_PROGRAMDATA}) {
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  }
  return started;
}

}  // namespace

void set_up_libgit2() {
  static const int started = start();
  if (started < 0) throw base::Error(base::ErrorCode::kBug, "libgit2 cannot start");
}

void check_git(int status, const std::string& what, const std::string& where, base::ErrorCode code) {
  if (status >= 0) return;
  const git_error* error = git_error_last();
  const std::string reason = error != nullptr && error->message != nullptr ? error->message : "unknown error";
  throw base::Error(code, what + ": " + reason, {.where = base::without_login(where)});
}

}  // namespace palimpsest::ingest
