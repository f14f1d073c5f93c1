// Writes one shard file, see shard_format.md.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "common/tokens/shard_format.h"

namespace palimpsest::tokens {

/// Rows must come in ascending order of label, so that a label's rows are contiguous. Not thread-safe.
class ShardWriter {
 public:
  /// Throws Error{kEnvironment}. finish() must be called; the destructor alone leaves a file that readers
  /// refuse.
  ShardWriter(const std::filesystem::path& path, const ShardHeader& header);
  ~ShardWriter();
  ShardWriter(ShardWriter&&) noexcept;
  ShardWriter& operator=(ShardWriter&&) noexcept;

  /// Returns the number by which segments of this shard name the document.
  std::uint32_t add_document(DocumentOrigin origin);

  /// `ids` has row_tokens entries; `segments` tile its front. Throws Error{kBug} when they do not.
  void add_row(std::size_t label, std::span<const TokenId> ids, std::span<const SegmentInfo> segments);

  /// True when another row could pass kShardBytes.
  bool full() const;

  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::tokens
