#include "evaluate/report/number_format.h"

#include <cmath>

#include <spdlog/fmt/fmt.h>

namespace palimpsest::evaluate {
namespace {

constexpr const char* kMinus = "−";

std::string with_true_minus(std::string number) {
  if (!number.empty() && number[0] == '-') number.replace(0, 1, kMinus);
  return number;
}

}  // namespace

std::string fixed(double value, int digits) {
  if (!std::isfinite(value)) return kNoValue;
  std::string number = fmt::format("{:.{}f}", value, digits);
  if (number.find_first_not_of("-0.") == std::string::npos && number[0] == '-') number.erase(0, 1);
  return with_true_minus(number);
}

std::string significant(double value, int digits) {
  return std::isfinite(value) ? fmt::format("{:.{}g}", value, digits) : kNoValue;
}

std::string grouped(double value) {
  if (!std::isfinite(value)) return kNoValue;
  std::string number = fmt::format("{:.0f}", value);
  const std::size_t first = number[0] == '-' ? 1 : 0;
  for (std::size_t at = number.size(); at > first + 3; at -= 3) number.insert(at - 3, ",");
  return with_true_minus(number);
}

std::string compact(double value) {
  if (!std::isfinite(value)) return kNoValue;
  const double size = std::abs(value);
  if (size >= 1e9) return fixed(value / 1e9, 2) + " G";
  if (size >= 1e6) return fixed(value / 1e6, 2) + " M";
  return value == std::floor(value) ? grouped(value) : with_true_minus(significant(value, 4));
}

std::string byte_size(double bytes) {
  constexpr double kStep = 1000;
  const char* unit = "B";
  for (const char* larger : {"kB", "MB", "GB", "TB"}) {
    if (!(std::abs(bytes) >= kStep)) break;
    bytes /= kStep;
    unit = larger;
  }
  if (!std::isfinite(bytes)) return kNoValue;
  return (std::abs(bytes) >= 100 || *unit == 'B' ? fixed(bytes, 0) : with_true_minus(significant(bytes, 3))) +
         " " + unit;
}

std::string difference(double value, int digits) {
  const std::string number = fixed(value, digits);
  if (number == fixed(0, digits)) return "±0";
  return value > 0 && std::isfinite(value) ? "+" + number : number;
}

std::string percent(double share, int digits) {
  return std::isfinite(share) ? fixed(100 * share, digits) + " %" : kNoValue;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return out;
}

}  // namespace palimpsest::evaluate
