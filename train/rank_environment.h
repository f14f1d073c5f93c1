// Which of several training processes this one is, as torchrun or Slurm's srun says in the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace palimpsest::train {

struct RankEnvironment {
  int rank = 0;
  int size = 1;
  std::string address;  ///< host name or address of rank 0; empty when alone
  int port = 0;         ///< where rank 0 listens
};

/// Value of an environment variable; nullopt when it is not set.
using Variables = std::function<std::optional<std::string>(const char* name)>;

/// From torchrun's RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT. Without the first two, from what srun sets
/// for each task of a step: SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_STEP_NODELIST (task 0 runs on its first
/// node) and SLURM_JOB_ID (the port follows from it); MASTER_ADDR and MASTER_PORT go before them. A batch
/// script has no step, so a command in it that srun did not start is alone. Without any of them: alone.
/// Throws Error{kUsage} on values that are missing or impossible.
RankEnvironment read_rank_environment(const Variables& variables);

/// The same from this process's environment.
RankEnvironment read_rank_environment();

/// First host of a Slurm node list: "node[03-07,9],other" -> "node03".
std::string first_host(const std::string& node_list);

}  // namespace palimpsest::train
