// SPDX licence expressions (SPDX 2.3, annex D) against a list of allowed licences.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace palimpsest::ingest {

/// Identifiers in lower case: SPDX compares without regard to case.
using LicenseList = std::set<std::string, std::less<>>;

/// From `MIT, ISC,Apache-2.0`.
LicenseList parse_license_list(std::string_view text);

/// True when the text has the form of an expression: identifiers of letters, digits, `.`, `-`, `+` and `:`,
/// joined by operators. Whether such licences exist is not looked at.
bool is_license_expression(std::string_view text);

/// True when the expression can be met by allowed licences alone: one side of OR, both sides of AND; `X WITH
/// exception` counts as X, `X+` as X; parentheses as usual. An empty or malformed expression is never
/// allowed.
bool is_allowed(std::string_view expression, const LicenseList& allowed);

}  // namespace palimpsest::ingest
