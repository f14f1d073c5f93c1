// Preloaded: from the FAULT_CLOCK_CALL-th look at the wall clock on, every second look is FAULT_CLOCK_JUMP
// seconds off, as after a wrong time server. CLOCK_MONOTONIC never jumps, by its definition.
#include <atomic>
#include <cstdlib>
#include <ctime>

#include <dlfcn.h>
#include <sys/time.h>

namespace {

std::time_t jump() {
  static std::atomic<long> looks{0};
  static const long first =
      std::getenv("FAULT_CLOCK_CALL") != nullptr ? std::atol(std::getenv("FAULT_CLOCK_CALL")) : 1;
  static const long seconds =
      std::getenv("FAULT_CLOCK_JUMP") != nullptr ? std::atol(std::getenv("FAULT_CLOCK_JUMP")) : 0;
  const long look = ++looks;
  return look >= first && (look - first) % 2 == 0 ? seconds : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  using Function = int (*)(clockid_t, timespec*);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += jump();
  return result;
}

std::time_t time(std::time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* __restrict now, void* __restrict) noexcept {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  *now = {time.tv_sec, time.tv_nsec / 1000};
  return 0;
}
}
