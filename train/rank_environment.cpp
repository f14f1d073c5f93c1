#include "train/rank_environment.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

constexpr std::int64_t kMostRanks = 100'000;
constexpr std::int64_t kLargestPort = 65'535;
// Ports for Slurm jobs, below those that Linux hands out by itself.
constexpr std::int64_t kFirstJobPort = 12'000;
constexpr std::int64_t kJobPorts = 20'000;

std::string text_of(const Variables& variables, const char* name, const char* because) {
  const std::optional<std::string> value = variables(name);
  if (value && !value->empty()) return *value;
  throw base::Error(
      base::ErrorCode::kUsage, fmt::format("{} is not set in the environment", name),
      {.expected = "RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or none of them",
       .hint = fmt::format("{} is set: torchrun sets all four; unset it to train alone", because)});
}

std::int64_t number(const char* name, const std::string& text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  throw base::Error(base::ErrorCode::kUsage, fmt::format("bad {} in the environment", name),
                    {.got = fmt::format("'{}'", text), .expected = fmt::format("{} to {}", least, most)});
}

struct Names {
  const char* rank;
  const char* size;
};

RankEnvironment read_numbers(const Variables& variables, const Names& names) {
  RankEnvironment environment;
  environment.size =
      static_cast<int>(number(names.size, text_of(variables, names.size, names.rank), 1, kMostRanks));
  environment.rank = static_cast<int>(
      number(names.rank, text_of(variables, names.rank, names.size), 0, environment.size - 1));
  return environment;
}

RankEnvironment from_torchrun(const Variables& variables) {
  RankEnvironment environment = read_numbers(variables, {.rank = "RANK", .size = "WORLD_SIZE"});
  if (environment.size == 1) return environment;
  environment.address = text_of(variables, "MASTER_ADDR", "WORLD_SIZE");
  environment.port = static_cast<int>(
      number("MASTER_PORT", text_of(variables, "MASTER_PORT", "WORLD_SIZE"), 1, kLargestPort));
  return environment;
}

RankEnvironment from_slurm(const Variables& variables) {
  RankEnvironment environment =
      read_numbers(variables, {.rank = "SLURM_PROCID", .size = "SLURM_STEP_NUM_TASKS"});
  if (environment.size == 1) return environment;
  // SLURM_LAUNCH_NODE_IPADDR is where srun was typed, which need not be a node of the step.
  const std::optional<std::string> address = variables("MASTER_ADDR");
  const std::optional<std::string> nodes = variables("SLURM_STEP_NODELIST");
  environment.address = address ? *address
                        : nodes ? first_host(*nodes)
                                : variables("SLURM_LAUNCH_NODE_IPADDR").value_or("");
  if (environment.address.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no address of rank 0 in the environment",
                      {.expected = "MASTER_ADDR or SLURM_STEP_NODELIST"});
  }
  const std::optional<std::string> port = variables("MASTER_PORT");
  if (port) {
    environment.port = static_cast<int>(number("MASTER_PORT", *port, 1, kLargestPort));
  } else {
    const std::string job = text_of(variables, "SLURM_JOB_ID", "SLURM_STEP_NUM_TASKS");
    environment.port =
        static_cast<int>(kFirstJobPort + number("SLURM_JOB_ID", job, 0, INT64_MAX) % kJobPorts);
  }
  return environment;
}

}  // namespace

std::string first_host(const std::string& node_list) {
  std::string host;
  for (std::size_t i = 0; i < node_list.size() && node_list[i] != ','; ++i) {
    if (node_list[i] != '[') {
      host += node_list[i];
      continue;
    }
    const std::size_t close = node_list.find(']', i);
    const std::size_t end = node_list.find_first_of("-,]", i);
    if (close == std::string::npos) {
      throw base::Error(base::ErrorCode::kUsage, "bad SLURM_STEP_NODELIST in the environment",
                        {.got = fmt::format("'{}'", node_list), .expected = "for example node[1-4]"});
    }
    host += node_list.substr(i + 1, end - i - 1);
    i = close;
  }
  return host;
}

RankEnvironment read_rank_environment(const Variables& variables) {
  if (variables("RANK") || variables("WORLD_SIZE")) return from_torchrun(variables);
  if (variables("SLURM_STEP_NUM_TASKS")) return from_slurm(variables);
  return {};
}

RankEnvironment read_rank_environment() {
  return read_rank_environment([](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

}  // namespace palimpsest::train
