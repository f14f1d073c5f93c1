#include "evaluate/bench/task_maker.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "common/base/hash.h"
#include "common/base/signals.h"

namespace palimpsest::bench {
namespace {

constexpr std::size_t kBatch = 64;
/// What makes two holes the same: the middle and so many bytes on each side.
constexpr std::size_t kSurroundings = 80;

struct Candidate {
  std::uint64_t key = 0;
  Task task;

  bool operator<(const Candidate& other) const {
    return std::tie(key, task.hole.id) < std::tie(other.key, other.task.hole.id);
  }
};

/// The candidates of one family and kind with the smallest keys.
class Choice {
 public:
  explicit Choice(std::size_t most) : most_(most) {}

  bool wants(std::uint64_t key) const { return best_.size() < most_ || key <= best_.rbegin()->key; }

  void add(Candidate candidate) {
    best_.insert(std::move(candidate));
    if (best_.size() > most_) best_.erase(std::prev(best_.end()));
  }

  const std::set<Candidate>& best() const { return best_; }

 private:
  std::size_t most_;
  std::set<Candidate> best_;
};

class Chooser {
 public:
  explicit Chooser(const MakeTasksOptions& options) : options_(options) {}

  void add(const CutDocument& cut) {
    std::map<HoleKind, std::vector<std::pair<std::uint64_t, CutHole>>> by_kind;
    for (const CutHole& hole : cut.holes) by_kind[hole.kind].emplace_back(key_of(cut, hole), hole);
    for (auto& [kind, holes] : by_kind) {
      std::sort(holes.begin(), holes.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first, a.second.begin) < std::tie(b.first, b.second.begin);
      });
      Choice& choice = choices_[cut.document.framework.label]
                           .try_emplace(kind, static_cast<std::size_t>(options_.per_family))
                           .first->second;
      std::uint64_t taken = 0;
      for (const auto& [key, hole] : holes) {
        if (taken == options_.per_file || !choice.wants(key)) break;
        if (!seen_.insert(surroundings(cut, hole)).second) continue;
        choice.add({key, task_of(cut, hole)});
        ++taken;
      }
    }
  }

  std::vector<Task> tasks() const {
    std::vector<Task> tasks;
    for (const auto& [family, kinds] : choices_) {
      std::map<HoleKind, std::size_t> quotas = share_out(kinds);
      for (const auto& [kind, choice] : kinds) {
        std::vector<Task> chosen;
        for (const Candidate& candidate : choice.best()) {
          if (chosen.size() < quotas[kind]) chosen.push_back(candidate.task);
        }
        std::sort(chosen.begin(), chosen.end(),
                  [](const Task& a, const Task& b) { return a.hole.id < b.hole.id; });
        std::move(chosen.begin(), chosen.end(), std::back_inserter(tasks));
      }
    }
    return tasks;
  }

 private:
  std::uint64_t key_of(const CutDocument& cut, const CutHole& hole) const {
    return base::hash64(fmt::format("{} {} {} {}", cut.document.id, name_of(hole.kind), hole.begin, hole.end),
                        options_.seed);
  }

  static std::uint64_t surroundings(const CutDocument& cut, const CutHole& hole) {
    const std::string_view text = cut.document.text;
    const std::size_t begin = hole.begin - std::min<std::size_t>(hole.begin, kSurroundings);
    return base::hash64(text.substr(begin, hole.end - begin + kSurroundings));
  }

  static Task task_of(const CutDocument& cut, const CutHole& hole) {
    const io::Document& document = cut.document;
    Task task;
    task.hole = {.id = fmt::format("{}-{}-{}-{}", document.id, name_of(hole.kind), hole.begin, hole.end),
                 .kind = name_of(hole.kind),
                 .path = document.path,
                 .language = document.language,
                 .prompt = document.text.substr(0, hole.begin),
                 .suffix = document.text.substr(hole.end)};
    task.family = document.framework.label;
    task.cluster = document.id;
    task.has_canonical = true;
    task.canonical = document.text.substr(hole.begin, hole.end - hole.begin);
    return task;
  }

  /// Deals one to each kind in turn until all are dealt or nobody takes one.
  std::map<HoleKind, std::size_t> share_out(const std::map<HoleKind, Choice>& kinds) const {
    std::map<HoleKind, std::size_t> quotas;
    std::uint64_t left = options_.per_family;
    for (bool taken = true; taken && left > 0;) {
      taken = false;
      for (const auto& [kind, choice] : kinds) {
        if (left == 0 || quotas[kind] == choice.best().size()) continue;
        ++quotas[kind];
        --left;
        taken = true;
      }
    }
    return quotas;
  }

  MakeTasksOptions options_;
  std::map<std::string, std::map<HoleKind, Choice>> choices_;
  std::set<std::uint64_t> seen_;
};

}  // namespace

void for_each_cut_document(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                           tokens::Split wanted, const std::function<void(CutDocument&&)>& visit) {
  tbb::enumerable_thread_specific<syntax::SyntaxParser> parsers;
  std::vector<CutDocument> batch;
  const auto flush = [&] {
    tbb::parallel_for(std::size_t{0}, batch.size(), [&](std::size_t i) {
      const std::string& text = batch[i].document.text;
      const auto tree = parsers.local().parse_as(text, grammar_of(batch[i].document.language));
      if (tree) batch[i].holes = cut_holes({text, FlatTree(*tree)});
    });
    for (CutDocument& cut : batch) visit(std::move(cut));
    batch.clear();
  };
  io::for_each_document(documents, [&](io::Document&& document) {
    base::throw_if_stopped();
    if (split.of(document.repo) != wanted || document.text.size() > kMaxDocumentBytes) return;
    batch.push_back({std::move(document), {}});
    if (batch.size() == kBatch) flush();
  });
  flush();
}

std::vector<Task> make_tasks(const std::filesystem::path& documents, const tokens::RepositorySplit& split,
                             const MakeTasksOptions& options) {
  Chooser chooser(options);
  for_each_cut_document(documents, split, options.split, [&](CutDocument&& cut) { chooser.add(cut); });
  return chooser.tasks();
}

}  // namespace palimpsest::bench
