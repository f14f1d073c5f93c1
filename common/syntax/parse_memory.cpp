#include "common/syntax/parse_memory.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <tree_sitter/api.h>

namespace palimpsest::syntax {
namespace {

// A block is a header, its size in bytes with a mark in the lowest bit, and what the caller gets.
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kGrainBytes = 16;
constexpr std::size_t kFromMalloc = 1;
constexpr std::size_t kMaxSmallBytes = 512;
constexpr std::size_t kSlabBytes = 64 << 10;
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kMaxSlabs = 0;  // the sanitizer sees only what malloc gives
#else
constexpr std::size_t kMaxSlabs = 256;
#endif

struct Pool {
  std::array<char*, kMaxSmallBytes / kGrainBytes + 1> free_blocks;  // by size; each holds the next one
  char* slab;                                                       // the unused rest of the last slab
  std::size_t slab_bytes;
  std::size_t slabs;
  std::int64_t live_bytes;
};

constinit thread_local Pool pool{};

char* from_malloc(std::size_t bytes) {
  auto* memory = static_cast<char*>(std::malloc(bytes));
  if (memory == nullptr) std::abort();
  return memory;
}

/// A block of that size, or null when the slabs are used up.
char* small_block(std::size_t bytes) {
  char*& first = pool.free_blocks[bytes / kGrainBytes];
  if (char* block = first; block != nullptr) {
    std::memcpy(&first, block + kHeaderBytes, sizeof first);
    return block;
  }
  if (pool.slab_bytes < bytes) {
    if (pool.slabs == kMaxSlabs) return nullptr;
    ++pool.slabs;
    pool.slab = from_malloc(kSlabBytes);
    pool.slab_bytes = kSlabBytes;
  }
  pool.slab_bytes -= bytes;
  return std::exchange(pool.slab, pool.slab + bytes);
}

std::size_t header_of(const void* memory) {
  std::size_t header = 0;
  std::memcpy(&header, static_cast<const char*>(memory) - kHeaderBytes, sizeof header);
  return header;
}

void* take(std::size_t wanted) {
  const std::size_t bytes = (wanted + kHeaderBytes + kGrainBytes - 1) / kGrainBytes * kGrainBytes;
  if (bytes < wanted) std::abort();
  char* block = bytes <= kMaxSmallBytes ? small_block(bytes) : nullptr;
  const std::size_t header = block == nullptr ? bytes | kFromMalloc : bytes;
  if (block == nullptr) block = from_malloc(bytes);
  pool.live_bytes += static_cast<std::int64_t>(bytes);
  std::memcpy(block, &header, sizeof header);
  return block + kHeaderBytes;
}

void give_back(void* memory) {
  if (memory == nullptr) return;
  const std::size_t header = header_of(memory);
  const std::size_t bytes = header & ~kFromMalloc;
  char* block = static_cast<char*>(memory) - kHeaderBytes;
  pool.live_bytes -= static_cast<std::int64_t>(bytes);
  if ((header & kFromMalloc) != 0) return std::free(block);
  char*& first = pool.free_blocks[bytes / kGrainBytes];
  std::memcpy(memory, &first, sizeof first);
  first = block;
}

void* take_zeroed(std::size_t count, std::size_t size) {
  if (size != 0 && count > SIZE_MAX / size) std::abort();
  return std::memset(take(count * size), 0, count * size);
}

void* resize(void* memory, std::size_t wanted) {
  void* moved = take(wanted);
  if (memory == nullptr) return moved;
  const std::size_t held = (header_of(memory) & ~kFromMalloc) - kHeaderBytes;
  std::memcpy(moved, memory, std::min(held, wanted));
  give_back(memory);
  return moved;
}

}  // namespace

void use_parse_memory() {
  static const bool installed = [] {
    ts_set_allocator(&take, &take_zeroed, &resize, &give_back);
    return true;
  }();
  static_cast<void>(installed);
}

std::int64_t live_parse_bytes() {
  return pool.live_bytes;
}

}  // namespace palimpsest::syntax
