// Human or JSON log lines on stderr. Code logs with spdlog::info() and friends; stdout is for results only.
#pragma once

#include <string>

namespace palimpsest::base {

/// format: "text" or "json" (one object a line: time, level, stage, message). level: an spdlog level name.
void set_up_logging(const std::string& stage, const std::string& format, const std::string& level);

}  // namespace palimpsest::base
