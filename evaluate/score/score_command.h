// The subcommand `evaluate score`.
#pragma once

#include "common/base/stage.h"

namespace palimpsest::evaluate {

inline constexpr const char* kScoreStage = "evaluate score";
inline constexpr const char* kScoresName = "scores.json";

void add_score_command(base::Stage& stage);

}  // namespace palimpsest::evaluate
