#include "shard/build_task.h"

#include <fmt/format.h>

#include "common/base/hash.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::shard {

io::Manifest task_plan(io::Manifest build, std::size_t task, std::size_t of) {
  const io::Json identity = {of, build.config, build.inputs};
  build.stage = kTaskStage;
  build.inputs[kRunRole] = base::sha256_hex(identity.dump());
  build.inputs[kTaskRole] = fmt::format("{} of {}", task, of);
  return build;
}

io::Manifest build_plan_of_task(const io::Manifest& task) {
  io::Manifest build;
  build.stage = tokens::kShardStage;
  build.config = task.config;
  build.inputs = task.inputs;
  build.inputs.erase(kRunRole);
  build.inputs.erase(kTaskRole);
  return build;
}

}  // namespace palimpsest::shard
