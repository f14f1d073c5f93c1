// The subcommand `evaluate routing`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::evaluate {

inline constexpr const char* kRoutingStage = "evaluate routing";
inline constexpr const char* kRoutingName = "routing.json";

void add_routing_command(base::Stage& stage);

}  // namespace palimpsest::evaluate
