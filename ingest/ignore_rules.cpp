#include "ingest/ignore_rules.h"

#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include <git2.h>

#include "common/base/error.h"
#include "common/base/handle.h"
#include "common/io/file.h"
#include "ingest/folders.h"
#include "ingest/libgit.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// An empty folder in the temporary directory, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "palimpsest-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw base::errno_error("cannot create folder", path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// libgit2 1.5 never comes back from a rule that holds a form feed or a vertical tab.
bool would_hang(std::string_view rules) {
  for (std::size_t at = rules.find_first_of("\f\v"); at != std::string_view::npos;
       at = rules.find_first_of("\f\v", at + 1)) {
    const std::size_t line = rules.substr(0, at).rfind('\n') + 1;  // npos + 1 is 0
    if (rules[line] != '#') return true;
  }
  return false;
}

}  // namespace

/// libgit2 evaluates ignore files only for the work tree of a repository, so an empty repository elsewhere
/// takes the folder for its work tree.
struct IgnoreRules::State {
  TemporaryFolder store;
  base::Handle<git_repository, git_repository_free> repository;
  fs::path folder = {};
  std::set<std::string, std::less<>> checked = {};  ///< folders whose rules libgit2 may read

  void check(std::string_view inside) {
    if (!checked.emplace(inside).second) return;
    const fs::path file = folder / inside / ".gitignore";
    std::error_code error;
    if (!fs::is_regular_file(file, error) || !would_hang(io::read_file(file))) return;
    throw base::Error(base::ErrorCode::kBadData, "rule with a form feed or a vertical tab",
                      {.where = file.string(), .hint = "remove it, or read the folder with --no-gitignore"});
  }
};

IgnoreRules::IgnoreRules(const fs::path& folder) : state_(std::make_unique<State>()) {
  set_up_libgit2();
  state_->folder = folder;
  check_git(git_repository_init(out(state_->repository), state_->store.path().c_str(), 1),
            "cannot create repository", state_->store.path());
  check_git(git_repository_set_workdir(state_->repository.get(), fs::absolute(folder).c_str(), 0),
            "cannot read ignore files", folder.string());
}

IgnoreRules::~IgnoreRules() = default;

bool IgnoreRules::ignores(const std::string& path, bool is_folder) const {
  for_each_folder_upward(path, [&](std::string_view inside) {
    state_->check(inside);
    return false;
  });
  int ignored = 0;
  const std::string asked = is_folder ? path + "/" : path;
  check_git(git_ignore_path_is_ignored(&ignored, state_->repository.get(), asked.c_str()),
            "cannot read ignore files", path);
  return ignored != 0;
}

}  // namespace palimpsest::ingest
