#include "ingest/git_source.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <git2.h>

#include "common/base/error.h"
#include "common/base/handle.h"
#include "common/base/hash.h"
#include "common/base/signals.h"
#include "common/base/url_login.h"
#include "ingest/libgit.h"
#include "ingest/source_spec.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

using Repository = base::Handle<git_repository, git_repository_free>;
using Object = base::Handle<git_object, git_object_free>;
using Tree = base::Handle<git_tree, git_tree_free>;
using Blob = base::Handle<git_blob, git_blob_free>;
using ObjectDatabase = base::Handle<git_odb, git_odb_free>;

constexpr std::size_t kMaxTreeDepth = 256;

Repository open_repository(const fs::path& path) {
  Repository repository;
  check_git(git_repository_open_ext(out(repository), path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr),
            "cannot open repository", path.string());
  return repository;
}

std::string hex_id(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1];
  git_oid_tostr(text, sizeof text, &id);
  return text;
}

/// The commit that `revision` names in the repository; empty when there is none.
std::string resolve(git_repository* repository, const std::string& revision) {
  Object object;
  const std::string expression = (revision.empty() ? "HEAD" : revision) + "^{commit}";
  if (git_revparse_single(out(object), repository, expression.c_str()) != 0) return {};
  return hex_id(*git_object_id(object.get()));
}

struct Folder {
  Tree tree;
  std::string prefix;  // with a `/` at the end, empty for the root
  std::size_t depth;
};

class CommitReader {
 public:
  CommitReader(git_repository* repository, std::string where, bool is_mirror, FileCollector& collector)
      : repository_(repository), where_(std::move(where)), collector_(collector), is_mirror_(is_mirror) {
    check_git(git_repository_odb(out(objects_), repository_), "cannot read repository", where_);
  }

  void read(Tree root) {
    folders_.push_back({std::move(root), "", 0});
    while (!folders_.empty()) {
      base::throw_if_stopped();
      const Folder folder = std::move(folders_.back());
      folders_.pop_back();
      const std::size_t count = git_tree_entrycount(folder.tree.get());
      for (std::size_t i = 0; i < count; ++i)
        read_entry(git_tree_entry_byindex(folder.tree.get(), i), folder);
    }
  }

 private:
  void read_entry(const git_tree_entry* entry, const Folder& folder) {
    const std::string path = folder.prefix + git_tree_entry_name(entry);
    switch (git_tree_entry_filemode(entry)) {
      case GIT_FILEMODE_TREE:
        return enter(entry, folder, path);
      case GIT_FILEMODE_BLOB:
      case GIT_FILEMODE_BLOB_EXECUTABLE:
        return read_blob(*git_tree_entry_id(entry), path);
      case GIT_FILEMODE_LINK:
        return collector_.skip(path, "link");
      default:
        return collector_.skip(path, "submodule");
    }
  }

  void enter(const git_tree_entry* entry, const Folder& folder, const std::string& path) {
    if (std::string_view(git_tree_entry_name(entry)) == "node_modules")
      return collector_.skip(path, "vendored_folder");
    if (folder.depth >= kMaxTreeDepth) return collector_.skip(path, "folder_too_deep");
    Tree tree;
    check_git(git_tree_lookup(out(tree), repository_, git_tree_entry_id(entry)), "damaged repository", where_,
              base::ErrorCode::kBadData);
    folders_.push_back({std::move(tree), path + "/", folder.depth + 1});
  }

  void read_blob(const git_oid& id, const std::string& path) {
    std::size_t bytes = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    const int status = git_odb_read_header(&bytes, &type, objects_.get(), &id);
    if (status == GIT_ENOTFOUND && is_mirror_) {  // it was larger than the limit of the fetch
      if (collector_.wants(path, 1)) collector_.skip(path, "too_large");
      return;
    }
    check_git(status, "damaged repository", where_, base::ErrorCode::kBadData);
    if (!collector_.wants(path, bytes)) return;
    Blob blob;
    check_git(git_blob_lookup(out(blob), repository_, &id), "damaged repository", where_,
              base::ErrorCode::kBadData);
    const auto* content = static_cast<const char*>(git_blob_rawcontent(blob.get()));
    collector_.take(path, std::string(content, static_cast<std::size_t>(git_blob_rawsize(blob.get()))),
                    hex_id(id));
  }

  git_repository* repository_;
  std::string where_;
  FileCollector& collector_;
  bool is_mirror_;
  ObjectDatabase objects_;
  std::vector<Folder> folders_;
};

}  // namespace

bool is_commit_id(const std::string& revision) {
  return revision.size() == GIT_OID_HEXSZ &&
         std::all_of(revision.begin(), revision.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

GitCommit find_commit(const std::string& location, const std::string& revision, const fs::path& cache,
                      const GitLimits& limits) {
  set_up_libgit2();
  GitMirror mirror{location, revision};
  const bool is_mirror = !fs::is_directory(location);
  if (is_mirror) {
    if (location.find(':') == std::string::npos) {
      throw base::Error(base::ErrorCode::kEnvironment, "no such repository",
                        {.expected = "a folder or a URL", .where = location});
    }
    mirror = locate_mirror(location, revision, cache, limits);
    const bool cached = fs::exists(mirror.repository) && is_commit_id(revision) &&
                        !resolve(open_repository(mirror.repository).get(), mirror.revision).empty();
    if (!cached) update_mirror(location, revision, mirror, limits);
  }
  GitCommit commit{mirror.repository, resolve(open_repository(mirror.repository).get(), mirror.revision),
                   is_mirror};
  if (commit.id.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "repository lacks the revision",
                      {.got = revision.empty() ? "HEAD" : revision,
                       .expected = "a commit, tag or branch",
                       .where = base::without_login(location)});
  }
  return commit;
}

void read_commit(const GitCommit& commit, FileCollector& collector) {
  set_up_libgit2();
  const std::string where = commit.repository.string() + "@" + commit.id;
  const Repository repository = open_repository(commit.repository);
  Object tree;
  check_git(git_revparse_single(out(tree), repository.get(), (commit.id + "^{tree}").c_str()),
            "damaged repository", where, base::ErrorCode::kBadData);
  Tree root;
  check_git(git_tree_lookup(out(root), repository.get(), git_object_id(tree.get())), "damaged repository",
            where, base::ErrorCode::kBadData);
  CommitReader(repository.get(), where, commit.is_mirror, collector).read(std::move(root));
}

}  // namespace palimpsest::ingest
