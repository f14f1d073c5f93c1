// Ends a run whose validation no longer improves.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "common/io/json.h"

namespace palimpsest::train {

/// Counts validations since the best one. Not thread-safe.
class EarlyStop {
 public:
  /// `patience`: validations without a better score that end the run; 0 = never.
  explicit EarlyStop(std::int64_t patience) : patience_(patience) {}

  /// `score`: lower is better.
  void add(double score) {
    since_best_ = score < best_ ? 0 : since_best_ + 1;
    if (since_best_ == 0) best_ = score;
  }

  /// A new stage has another objective: it gets the whole patience again.
  void start_stage() { *this = EarlyStop(patience_); }

  bool reached() const { return patience_ > 0 && since_best_ >= patience_; }

  io::Json to_json() const {
    return {{"best", std::isinf(best_) ? io::Json(nullptr) : io::Json(best_)}, {"since_best", since_best_}};
  }
  void load(const io::Json& json, const std::string& where) {
    const auto best = io::require<io::Json>(json, "best", where);
    best_ =
        best.is_null() ? std::numeric_limits<double>::infinity() : io::require<double>(json, "best", where);
    since_best_ = io::require<std::int64_t>(json, "since_best", where);
  }

 private:
  std::int64_t patience_;
  double best_ = std::numeric_limits<double>::infinity();
  std::int64_t since_best_ = 0;
};

}  // namespace palimpsest::train
