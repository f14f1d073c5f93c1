#include "common/base/signals.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "common/base/error.h"

namespace palimpsest::base {
namespace {

std::atomic<int> received_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handler may only touch lock-free atomics");

void on_signal(int signal) {
  received_signal.store(signal);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = &on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
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
