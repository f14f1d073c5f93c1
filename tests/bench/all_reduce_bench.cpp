// Milliseconds of one all-reduce of the gradients between processes on this machine.
//
//   all_reduce_bench RANKS FLOATS [ROUNDS]
//
// Prints the median and the fastest round as rank 0 sees them.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/free_port.h"
#include "train/process_group.h"

namespace palimpsest::train {
namespace {

void measure(const RankEnvironment& environment, std::int64_t floats, int rounds) {
  at::set_num_threads(1);
  const ProcessGroup group(environment, std::chrono::seconds(60));
  const at::Tensor bucket = at::zeros({floats});
  std::vector<double> milliseconds;
  for (int round = 0; round < rounds; ++round) {
    group.barrier();
    const auto start = std::chrono::steady_clock::now();
    group.all_reduce_sum(bucket);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    milliseconds.push_back(elapsed.count());
  }
  group.barrier();
  if (!group.is_first()) return;
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("%d ranks, %lld floats: median %.2f ms, fastest %.2f ms of %d rounds\n", group.size(),
              static_cast<long long>(floats), milliseconds[milliseconds.size() / 2], milliseconds.front(),
              rounds);
}

int run(int ranks, std::int64_t floats, int rounds) {
  const int port = test::free_port();
  std::vector<pid_t> children;
  for (int rank = 0; rank < ranks; ++rank) {
    const pid_t child = fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    measure({.rank = rank, .size = ranks, .address = "127.0.0.1", .port = port}, floats, rounds);
    std::exit(0);
  }
  bool good = true;
  for (const pid_t child : children) {
    int status = 0;
    good = waitpid(child, &status, 0) == child && status == 0 && good;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace palimpsest::train

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: all_reduce_bench RANKS FLOATS [ROUNDS]\n");
    return 2;
  }
  return palimpsest::train::run(std::atoi(argv[1]), std::atoll(argv[2]), argc > 3 ? std::atoi(argv[3]) : 20);
}
