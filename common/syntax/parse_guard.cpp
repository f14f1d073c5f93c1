#include "common/syntax/parse_guard.h"

#include <algorithm>

#include <time.h>

#include "common/base/signals.h"
#include "common/syntax/parse_memory.h"

namespace palimpsest::syntax {
namespace {

// tree-sitter calls back every 100 operations. Real files in the `ci` list need at most one call in 68 bytes.
constexpr std::uint64_t kBytesPerCall = 16;
constexpr std::uint64_t kFreeCalls = 1'000;
// What the trees of one parse may hold at once.
constexpr std::int64_t kMaxParseBytes = 80LL << 20;
// A file of 200 kB, the default limit, takes about 0.05 s.
constexpr std::int64_t kMaxParseNs = 700'000'000;
constexpr std::size_t kPieceBytes = 2048;

std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

}  // namespace

std::size_t bracket_depth(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  for (const char c : text) {
    if (c == '(' || c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ')' || c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

ParseGuard::ParseGuard(std::string_view text)
    : text_(text),
      calls_left_(kFreeCalls + text.size() / kBytesPerCall),
      max_bytes_(live_parse_bytes() + kMaxParseBytes),
      end_ns_(clock_ns(CLOCK_MONOTONIC) + kMaxParseNs),
      cpu_end_ns_(clock_ns(CLOCK_THREAD_CPUTIME_ID) + kMaxParseNs) {}

bool ParseGuard::is_out_of_time() {
  // A thread's CPU clock costs a system call and never runs ahead of the wall's.
  met_limit_ =
      met_limit_ || (clock_ns(CLOCK_MONOTONIC) > end_ns_ && clock_ns(CLOCK_THREAD_CPUTIME_ID) > cpu_end_ns_);
  return met_limit_;
}

const char* ParseGuard::read(void* self, std::uint32_t offset, TSPoint, std::uint32_t* size) {
  auto* guard = static_cast<ParseGuard*>(self);
  if (offset >= guard->text_.size() || guard->is_out_of_time()) {
    *size = 0;
    return "";
  }
  *size = static_cast<std::uint32_t>(std::min(kPieceBytes, guard->text_.size() - offset));
  return guard->text_.data() + offset;
}

bool ParseGuard::should_stop(TSParseState* state) {
  auto* guard = static_cast<ParseGuard*>(state->payload);
  if (guard->calls_left_ == 0 || live_parse_bytes() > guard->max_bytes_) guard->met_limit_ = true;
  if (guard->is_out_of_time() || base::stop_signal() != 0) return true;
  --guard->calls_left_;
  return false;
}

}  // namespace palimpsest::syntax
