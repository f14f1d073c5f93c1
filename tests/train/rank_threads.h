// Ranks of one process group as threads of one process, which meet over loopback.
#pragma once

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/free_port.h"
#include "train/process_group.h"

namespace palimpsest::train {

/// Runs `work` as each rank and waits for all. It must not throw.
inline void run_ranks(int size, const std::function<void(ProcessGroup&)>& work) {
  const int port = test::free_port();
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([=] {
      ProcessGroup group({.rank = rank, .size = size, .address = "127.0.0.1", .port = port},
                         std::chrono::seconds(60));
      work(group);
      group.barrier();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace palimpsest::train
