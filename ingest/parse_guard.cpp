#include "ingest/parse_guard.h"

#include <algorithm>
#include <cstdlib>

#include <malloc.h>

#include "common/base/signals.h"

namespace palimpsest::ingest {
namespace {

// tree-sitter calls back every 100 operations.
constexpr std::uint64_t kCallsPerByte = 4;
constexpr std::uint64_t kFreeCalls = 10'000;
// What the trees of one parse may hold at once.
constexpr std::int64_t kMaxParseBytes = 160LL << 20;

// Live bytes that tree-sitter holds, by thread.
thread_local std::int64_t live_bytes = 0;

/// tree-sitter cannot do without memory and would abort; so does this, but the guard stops parses long
/// before.
void* counted(void* memory) {
  if (memory == nullptr) std::abort();
  live_bytes += static_cast<std::int64_t>(malloc_usable_size(memory));
  return memory;
}

void forget(void* memory) {
  if (memory != nullptr) live_bytes -= static_cast<std::int64_t>(malloc_usable_size(memory));
}

void* guarded_malloc(std::size_t bytes) {
  return counted(std::malloc(std::max<std::size_t>(bytes, 1)));
}

void* guarded_calloc(std::size_t count, std::size_t bytes) {
  return counted(std::calloc(std::max<std::size_t>(count, 1), std::max<std::size_t>(bytes, 1)));
}

void* guarded_realloc(void* memory, std::size_t bytes) {
  forget(memory);
  return counted(std::realloc(memory, std::max<std::size_t>(bytes, 1)));
}

void guarded_free(void* memory) {
  forget(memory);
  std::free(memory);
}

/// Memory that the runtime took before this is from malloc as well, so the change is safe at any time.
void install_allocator() {
  static const bool installed = [] {
    ts_set_allocator(&guarded_malloc, &guarded_calloc, &guarded_realloc, &guarded_free);
    return true;
  }();
  static_cast<void>(installed);
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

ParseGuard::ParseGuard(std::string_view text) : max_calls_(kFreeCalls + kCallsPerByte * text.size()) {
  install_allocator();
  max_bytes_ = live_bytes + kMaxParseBytes;
}

bool ParseGuard::should_stop(TSParseState* state) {
  auto* guard = static_cast<ParseGuard*>(state->payload);
  if (guard->calls_ >= guard->max_calls_ || live_bytes > guard->max_bytes_ || base::stop_signal() != 0)
    return true;
  ++guard->calls_;
  return false;
}

}  // namespace palimpsest::ingest
