// A report as lines for people.
#pragma once

#include <string>

#include "common/io/json.h"

namespace palimpsest::tokenize {

/// `report` is vocabulary_report(), with a comparison_report() under "comparison" or without.
std::string report_table(const io::Json& report);

}  // namespace palimpsest::tokenize
