#include "train/rank_agreement.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <map>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/json.h"

namespace palimpsest::train {
namespace {

std::map<std::string, std::string> facts_of(const io::Manifest& plan) {
  std::map<std::string, std::string> facts = plan.config;
  for (const auto& [role, digest] : plan.inputs) facts["input " + role] = digest;
  facts["version"] = base::tool_version();
  return facts;
}

}  // namespace

void require_same_plan(const ProcessGroup& group, const io::Manifest& plan) {
  const std::vector<std::string> texts = group.all_gather(io::Json(facts_of(plan)).dump());
  const io::Json first = io::parse_json(texts[0], "the configuration of rank 0");
  for (std::size_t rank = 1; rank < texts.size(); ++rank) {
    const io::Json other = io::parse_json(texts[rank], fmt::format("the configuration of rank {}", rank));
    for (const auto& [name, value] : first.items()) {
      const io::Json others_value = other.value(name, io::Json());
      if (others_value == value) continue;
      throw base::Error(base::ErrorCode::kUsage,
                        fmt::format("rank {} has another {} than rank 0", rank, name),
                        {.got = others_value.dump(),
                         .expected = value.dump(),
                         .hint = "start every rank with the same command, shards and --threads"});
    }
  }
}

void require_same_tensors(const ProcessGroup& group, const model::NamedTensors& tensors,
                          const std::string& where) {
  if (group.size() == 1) return;
  std::uint64_t digest = 0;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor values = tensor.to(at::kCPU).contiguous();
    digest = base::hash64({static_cast<const char*>(values.const_data_ptr()), values.nbytes()}, digest);
  }
  const std::vector<std::string> digests = group.all_gather(std::to_string(digest));
  const auto other = std::find_if(digests.begin(), digests.end(),
                                  [&digests](const std::string& text) { return text != digests[0]; });
  if (other == digests.end()) return;
  throw base::Error(base::ErrorCode::kBug,
                    fmt::format("ranks 0 and {} do not have the same weights", other - digests.begin()),
                    {.where = where, .hint = "ranks compute the same bytes only on processors of one kind"});
}

void share_tensors(const ProcessGroup& group, const model::NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) group.broadcast(tensor);
}

RunState agree(const ProcessGroup& group, double seconds) {
  const int signal = base::stop_signal();
  std::vector<double> sums = {signal == SIGTERM ? 1.0 : 0.0, signal == SIGINT ? 1.0 : 0.0,
                              group.is_first() ? seconds : 0.0};
  group.all_reduce_sum(sums);
  return {.signal = sums[0] > 0 ? SIGTERM : sums[1] > 0 ? SIGINT : 0, .seconds = sums[2]};
}

}  // namespace palimpsest::train
