// SPDX licence expressions: more allowed licences never forbid what was allowed.
#include "ingest/license_expression.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace ingest;
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view expression = input.substr(end == input.size() ? 0 : end + 1);
  LicenseList allowed = parse_license_list(input.substr(0, end));
  const bool was_allowed = is_allowed(expression, allowed);
  is_license_expression(expression);
  allowed.insert("mit");
  allowed.insert("apache-2.0");
  if (was_allowed) check(is_allowed(expression, allowed), "forbidden with more licences");
  check(!is_allowed(expression, {}), "allowed by nothing");
}
