#include "common/base/signals.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <thread>

#include "common/base/error.h"

namespace palimpsest::base {
namespace {

// Slurm tells a task and its srun, a service manager all processes of a service, a terminal the whole group:
// what is one request may come two or three times within milliseconds.
constexpr std::int64_t kOneRequestMs = 1000;

std::atomic<int> received_signal{0};
std::atomic<std::int64_t> received_ms{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "the handler may only touch lock-free atomics");

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void on_signal(int signal) {
  const int error = errno;
  if (received_signal.load() == 0) {
    received_ms.store(now_ms());
    received_signal.store(signal);
  } else if (now_ms() - received_ms.load() >= kOneRequestMs) {
    std::signal(signal, SIG_DFL);
    raise(signal);
  }
  errno = error;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int stop_signal() {
  return received_signal.load();
}

void throw_if_stopped() {
  if (const int signal = stop_signal()) throw Interrupted(signal);
}

void sleep_until(std::chrono::steady_clock::time_point end) {
  using Clock = std::chrono::steady_clock;
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    throw_if_stopped();
    std::this_thread::sleep_for(std::min<Clock::duration>(end - now, std::chrono::milliseconds(20)));
  }
}

}  // namespace palimpsest::base
