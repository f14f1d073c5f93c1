#include "evaluate/report/estimate.h"

#include <cmath>
#include <limits>

#include "evaluate/report/number_format.h"

namespace palimpsest::evaluate {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double as_number(const io::Json& json) {
  return json.is_number() ? json.get<double>() : kUnknown;
}

const io::Json& member(const io::Json& json, const std::string& key) {
  static const io::Json null;
  if (json.is_array()) {
    const bool digits =
        !key.empty() && key.size() < 9 && key.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoul(key) >= json.size()) return null;
    return json[std::stoul(key)];
  }
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() ? *found : null;
}

}  // namespace

bool Estimate::known() const {
  return std::isfinite(value);
}

bool Estimate::has_interval() const {
  return known() && std::isfinite(low) && std::isfinite(high) && low < high;
}

const io::Json& at_path(const io::Json& json, const std::vector<std::string>& path) {
  const io::Json* here = &json;
  for (const std::string& key : path) here = &member(*here, key);
  return *here;
}

double number_at(const io::Json& json, const std::vector<std::string>& path) {
  return as_number(at_path(json, path));
}

std::string string_at(const io::Json& json, const std::vector<std::string>& path) {
  const io::Json& found = at_path(json, path);
  return found.is_string() ? found.get<std::string>() : "";
}

Estimate as_estimate(const io::Json& json) {
  Estimate estimate = {as_number(json), kUnknown, kUnknown};
  for (const char* key : {"value", "mean", "estimate"}) {
    if (!estimate.known()) estimate.value = as_number(member(json, key));
  }
  estimate.low = as_number(member(json, "low"));
  estimate.high = as_number(member(json, "high"));
  return estimate;
}

Estimate estimate_at(const io::Json& object, const std::string& key) {
  Estimate estimate = as_estimate(member(object, key));
  if (estimate.has_interval()) return estimate;
  estimate.low = as_number(member(object, key + "_low"));
  estimate.high = as_number(member(object, key + "_high"));
  for (const char* suffix : {"_interval", "_ci"}) {
    const io::Json& interval = member(object, key + suffix);
    if (interval.is_null()) continue;
    estimate.low = as_number(member(interval, interval.is_array() ? "0" : "low"));
    estimate.high = as_number(member(interval, interval.is_array() ? "1" : "high"));
  }
  return estimate;
}

std::string shown(const Estimate& estimate, int digits) {
  std::string out = fixed(estimate.value, digits);
  if (estimate.has_interval())
    out += " (" + fixed(estimate.low, digits) + " to " + fixed(estimate.high, digits) + ")";
  return out;
}

}  // namespace palimpsest::evaluate
