// The guard of a training run: decides whether a step's gradients may be applied.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "common/io/json.h"
#include "train/recipe.h"

namespace palimpsest::train {

enum class Verdict {
  kApply,
  kSkip,    ///< drop the gradients and go on
  kRewind,  ///< the same, and too many in a row: go back to the last checkpoint
};

/// Skips a step whose loss or gradient norm is not finite, or whose norm is more than spike_factor times the
/// median of the last applied ones. A pure function of the norms it has seen, which are its whole state. Not
/// thread-safe.
class StepGuard {
 public:
  explicit StepGuard(const GuardSettings& settings) : settings_(settings) {}

  Verdict judge(double loss, double gradient_norm);

  /// A new stage has its own level of gradients: forgets the window.
  void start_stage() { norms_.clear(); }

  /// After going back: the count of rewinds of the whole run.
  void set_rewinds(std::int64_t rewinds);

  std::int64_t skipped() const { return skipped_; }  ///< steps, in all
  std::int64_t rewinds() const { return rewinds_; }

  io::Json to_json() const;
  /// Throws Error{kBadData} that names `where`.
  void load(const io::Json& json, const std::string& where);

 private:
  bool is_spike(double gradient_norm) const;

  GuardSettings settings_;
  std::deque<double> norms_;  ///< of the last applied steps, oldest first
  std::int64_t in_a_row_ = 0;
  std::int64_t skipped_ = 0;
  std::int64_t rewinds_ = 0;
};

}  // namespace palimpsest::train
