// The data position as JSON, for checkpoints.
#pragma once

#include <string>

#include "common/io/json.h"
#include "common/tokens/row_order.h"

namespace palimpsest::train {

io::Json to_json(const tokens::DataPosition& position);

/// Throws Error{kBadData} that names `where`.
tokens::DataPosition position_from_json(const io::Json& json, const std::string& where);

}  // namespace palimpsest::train
