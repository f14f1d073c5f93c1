// Reading training rows: a directory of shards, one split, rows by label and number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::io {
class Folder;
}

namespace palimpsest::tokens {

enum class Split : std::uint8_t { kTrain = 0, kValid = 1, kTest = 2 };

/// "train", "valid" or "test".
const char* split_name(Split split);

/// One segment of a row. Token positions are inside the row; [begin, end) includes header and `<|end|>`.
struct SegmentInfo {
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
  std::uint16_t header_tokens = 0;  ///< visible header in front: never masked, in no loss, in no byte count
  std::uint32_t document = 0;       ///< index into ShardReader::documents()
  std::uint32_t text_begin = 0;     ///< byte range of the document's text that the segment holds
  std::uint32_t text_end = 0;

  std::uint32_t text_bytes() const { return text_end - text_begin; }
};

/// Where the text of a segment comes from.
struct DocumentOrigin {
  std::string id;
  std::string repo;
  std::string path;
};

/// tokenizer.json of a shard directory, checked against its manifest. Throws Error{kEnvironment} or
/// Error{kBadData}.
std::string read_shard_tokenizer(const io::Folder& folder);

/// Decompressed bytes that a reader keeps for rows that are read again, unless told otherwise.
inline constexpr std::size_t kDefaultCacheBytes = 256 << 20;

/// A row in the frame cache; keeps its frame in memory.
struct RowView {
  std::span<const TokenId> ids;
  std::shared_ptr<const std::vector<TokenId>> frame;
};

/// All rows of one split. Thread-safe for reading. Every frame's checksum is verified before an id of it is
/// returned.
class ShardReader {
 public:
  /// Verifies manifest, file sizes, headers and row tables. Throws Error{kEnvironment} or Error{kBadData}.
  /// Holds the row tables, at most `cache_bytes` of ids, and a frame per thread that reads.
  ShardReader(const io::Folder& folder, Split split, std::size_t cache_bytes = kDefaultCacheBytes);
  /// The same of a directory, or of a URL with the defaults of io::RemoteOptions.
  ShardReader(const std::filesystem::path& location, Split split,
              std::size_t cache_bytes = kDefaultCacheBytes);
  ~ShardReader();
  ShardReader(ShardReader&&) noexcept;
  ShardReader& operator=(ShardReader&&) noexcept;

  const std::vector<std::string>& labels() const;
  std::size_t row_tokens() const;  ///< length of every row
  std::size_t vocabulary_size() const;
  const std::string& tokenizer_digest() const;

  /// Rows of one label, numbered 0..row_count(label) - 1 in an order that depends on the shards alone.
  std::size_t row_count(std::size_t label) const;
  /// row_count() of every label, which is what row orders take.
  std::vector<std::uint64_t> row_counts() const;

  /// Writes row_tokens() ids to `ids`. Throws Error{kBadData} that names frame and document when the frame is
  /// damaged.
  void read_row(std::size_t label, std::size_t row, std::span<TokenId> ids) const;

  /// The same without a copy.
  RowView view_row(std::size_t label, std::size_t row) const;

  /// Brings the row's frame into the cache, if it is not there or on its way. Throws as read_row() does.
  void prefetch(std::size_t label, std::size_t row) const;

  /// Frames that should be read at once: more than 1 when they come over a network.
  std::size_t parallel_reads() const;

  /// How many whole frames the cache holds.
  std::size_t cached_frames() const;

  /// Segments of a row in order; the rest of the row is padding.
  std::span<const SegmentInfo> segments(std::size_t label, std::size_t row) const;

  const std::vector<DocumentOrigin>& documents() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace palimpsest::tokens
