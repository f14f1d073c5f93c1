// Numbers as a page prints them: thin spaces for no locale, a true minus sign, a dash for what is not known.
#pragma once

#include <string>
#include <vector>

namespace palimpsest::evaluate {

inline constexpr const char* kNoValue = "–";

/// `digits` behind the point, kNoValue when not finite: 2.265, −0.33.
std::string fixed(double value, int digits);

/// At most `digits` significant ones, as JSON would write it: 0.00012, 1.2e-07. Needs a finite value for
/// JSON.
std::string significant(double value, int digits);

/// Whole, in groups of three: 1,234,567.
std::string grouped(double value);

/// 988,960 -> 0.99 M; 6,443,719 -> 6.44 M; small numbers as they are.
std::string compact(double value);

/// 970,915 -> 971 kB; powers of 1,000.
std::string byte_size(double bytes);

/// Signed difference: +0.12, −0.12, ±0.
std::string difference(double value, int digits);

/// 12.3 %
std::string percent(double share, int digits);

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names);

}  // namespace palimpsest::evaluate
