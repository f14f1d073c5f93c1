#include "train/step_guard.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace palimpsest::train {

bool StepGuard::is_spike(double gradient_norm) const {
  if (settings_.spike_factor <= 0 || static_cast<std::int64_t>(norms_.size()) < settings_.window)
    return false;
  std::vector<double> sorted(norms_.begin(), norms_.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return gradient_norm > settings_.spike_factor * *middle;
}

Verdict StepGuard::judge(double loss, double gradient_norm) {
  if (std::isfinite(loss) && std::isfinite(gradient_norm) && !is_spike(gradient_norm)) {
    in_a_row_ = 0;
    if (settings_.spike_factor > 0) {
      norms_.push_back(gradient_norm);
      if (static_cast<std::int64_t>(norms_.size()) > settings_.window) norms_.pop_front();
    }
    return Verdict::kApply;
  }
  ++skipped_;
  return ++in_a_row_ >= settings_.skips_before_rewind ? Verdict::kRewind : Verdict::kSkip;
}

void StepGuard::set_rewinds(std::int64_t rewinds) {
  rewinds_ = rewinds;
  in_a_row_ = 0;
}

io::Json StepGuard::to_json() const {
  return {{"norms", norms_}, {"in_a_row", in_a_row_}, {"skipped", skipped_}, {"rewinds", rewinds_}};
}

void StepGuard::load(const io::Json& json, const std::string& where) {
  norms_ = io::require<std::deque<double>>(json, "norms", where);
  in_a_row_ = io::require<std::int64_t>(json, "in_a_row", where);
  skipped_ = io::require<std::int64_t>(json, "skipped", where);
  rewinds_ = io::require<std::int64_t>(json, "rewinds", where);
}

}  // namespace palimpsest::train
