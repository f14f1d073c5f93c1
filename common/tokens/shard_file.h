// Reads one shard file and trusts nothing in it, see shard_format.md.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/io/byte_source.h"
#include "common/tokens/shard_format.h"

namespace palimpsest::tokens {

/// Thread-safe for reading.
class ShardFile {
 public:
  /// Verifies header, tables and seek table by their checksums, and every number in them against its range.
  /// Throws Error{kEnvironment} (missing, unreadable) or Error{kBadData} (damaged: names file and offset).
  explicit ShardFile(std::unique_ptr<const io::ByteSource> source);
  explicit ShardFile(const std::filesystem::path& path);
  ~ShardFile();
  ShardFile(ShardFile&&) noexcept;
  ShardFile& operator=(ShardFile&&) noexcept;

  const ShardHeader& header() const;
  const std::string& where() const;  ///< path or URL

  std::size_t row_count() const;
  std::size_t row_label(std::size_t row) const;  ///< ascending with the row
  std::span<const SegmentInfo> segments(std::size_t row) const;
  const std::vector<DocumentOrigin>& documents() const;

  std::size_t frame_count() const;
  std::size_t frame_of_row(std::size_t row) const;
  std::size_t first_row(std::size_t frame) const;

  /// The ids of all rows of a frame. Both the compressed bytes and the ids are verified before return.
  /// Throws Error{kBadData} that names the frame, its rows and its documents.
  std::vector<TokenId> read_frame(std::size_t frame) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::tokens
