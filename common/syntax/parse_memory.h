// The memory of tree-sitter: counted, so that a parse can be bounded, and fast for the small blocks that
// syntax trees are made of.
#pragma once

#include <cstdint>

namespace palimpsest::syntax {

/// Replaces tree-sitter's allocator for the whole process, for good. REQUIRES: nothing of tree-sitter's
/// exists before the first call. Small blocks come from lists of each thread, which keep at most 16 MiB each
/// until the process ends; the rest is malloc's. Any thread may free a block. Aborts without memory, as
/// tree-sitter itself would.
void use_parse_memory();

/// Bytes that this thread took from the allocator less those that it freed.
std::int64_t live_parse_bytes();

}  // namespace palimpsest::syntax
