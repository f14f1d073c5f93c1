// Reading numbers from results whose fields differ between versions: absent is NaN, never an error.
#pragma once

#include <string>
#include <vector>

#include "common/io/json.h"

namespace palimpsest::evaluate {

/// A measured value and, where the file has one, its confidence interval. NaN: not known.
struct Estimate {
  double value = 0, low = 0, high = 0;

  bool known() const;
  bool has_interval() const;
};

/// `json` at `path` (keys and array indices), null when any part is absent.
const io::Json& at_path(const io::Json& json, const std::vector<std::string>& path);

double number_at(const io::Json& json, const std::vector<std::string>& path);
std::string string_at(const io::Json& json, const std::vector<std::string>& path);

/// A number, or an object with `value`, `mean` or `estimate` and `low` and `high`.
Estimate as_estimate(const io::Json& json);

/// object[key] as_estimate(); the interval may also stand beside it as `key_low` and `key_high`, or as
/// `key_interval` or `key_ci`: an object with `low` and `high`, or an array of two.
Estimate estimate_at(const io::Json& object, const std::string& key);

/// `2.265 (2.240 to 2.291)`, or the value alone.
std::string shown(const Estimate& estimate, int digits);

}  // namespace palimpsest::evaluate
