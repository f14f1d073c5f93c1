#include "train/best_checkpoints.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/checkpoint.h"

namespace palimpsest::train {

namespace fs = std::filesystem;

bool BestCheckpoints::add(std::size_t stage, std::int64_t step, double score) {
  if (std::isnan(score)) return false;
  if (stage != stage_) entries_.clear();
  stage_ = stage;
  const auto place = std::find_if(entries_.begin(), entries_.end(),
                                  [score](const Entry& entry) { return score < entry.score; });
  const bool kept = static_cast<std::size_t>(place - entries_.begin()) < keep_;
  entries_.insert(place, {step, score});
  if (entries_.size() > keep_) entries_.pop_back();
  return kept;
}

std::vector<std::int64_t> BestCheckpoints::steps() const {
  std::vector<std::int64_t> steps;
  for (const Entry& entry : entries_) steps.push_back(entry.step);
  return steps;
}

double BestCheckpoints::best_score() const {
  return entries_.empty() ? std::numeric_limits<double>::quiet_NaN() : entries_.front().score;
}

io::Json BestCheckpoints::to_json() const {
  io::Json list = io::Json::array();
  for (const Entry& entry : entries_) list.push_back({{"step", entry.step}, {"score", entry.score}});
  return {{"stage", stage_}, {"checkpoints", list}};
}

void BestCheckpoints::load(const io::Json& json, const std::string& where) {
  stage_ = io::require<std::size_t>(json, "stage", where);
  entries_.clear();
  for (const io::Json& entry : io::require<io::Json>(json, "checkpoints", where)) {
    entries_.push_back(
        {io::require<std::int64_t>(entry, "step", where), io::require<double>(entry, "score", where)});
  }
}

void remove_old_checkpoints(const fs::path& run, std::int64_t step, std::int64_t keep_last,
                            const BestCheckpoints& best) {
  const std::vector<std::int64_t> all = model::checkpoint_steps(run);
  const std::vector<std::int64_t> best_steps = best.steps();
  const auto behind = std::upper_bound(all.begin(), all.end(), step);
  const auto last = behind - std::min<std::ptrdiff_t>(keep_last, behind - all.begin());
  for (auto it = all.begin(); it != all.end(); ++it) {
    const bool is_best = std::find(best_steps.begin(), best_steps.end(), *it) != best_steps.end();
    if (it < behind && (it >= last || is_best)) continue;
    fs::remove_all(model::checkpoint_path(run, *it));
  }
  std::vector<fs::path> partial;
  for (const auto& entry : fs::directory_iterator(model::checkpoint_path(run, step).parent_path())) {
    if (entry.path().extension() == io::kPartialSuffix) partial.push_back(entry.path());
  }
  for (const fs::path& path : partial) fs::remove_all(path);
}

std::vector<fs::path> best_checkpoint_paths(const fs::path& last, const io::Json& trainer,
                                            std::int64_t count) {
  BestCheckpoints best(1);
  best.load(io::require<io::Json>(trainer, "best", last.string()), last.string());
  const std::vector<std::int64_t> steps = best.steps();
  if (static_cast<std::int64_t>(steps.size()) < count) {
    throw base::Error(base::ErrorCode::kUsage, "not so many checkpoints were kept for their validation",
                      {.got = fmt::format("{}", steps.size()),
                       .expected = fmt::format("{}", count),
                       .where = last.string(),
                       .hint = "train with --keep-best and --validate-every"});
  }
  std::vector<fs::path> paths;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t step = steps[static_cast<std::size_t>(i)];
    paths.push_back(last.parent_path() / model::checkpoint_path("", step).filename());
  }
  return paths;
}

}  // namespace palimpsest::train
