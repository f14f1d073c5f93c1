// Constants of the shard file format; the specification is shard_format.md beside this file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/shard_reader.h"

namespace palimpsest::tokens {

/// The stage name in the manifest of a shard directory.
inline constexpr const char* kShardStage = "shard build";

inline constexpr std::uint16_t kShardVersion = 1;

// Skippable frames (RFC 8878, 3.1.2) that a plain `zstd -d` passes over.
inline constexpr std::uint32_t kHeaderFrameMagic = 0x184D2A50;
inline constexpr std::uint32_t kTablesFrameMagic = 0x184D2A51;
inline constexpr std::uint32_t kSeekTableFrameMagic = 0x184D2A5E;
inline constexpr std::uint32_t kSeekableMagic = 0x8F92EAB1;
inline constexpr std::size_t kSkippableHeaderBytes = 8;

inline constexpr std::string_view kHeaderMagic = "PLSSHARD";
inline constexpr std::string_view kTablesMagic = "PLSTABLE";

inline constexpr std::size_t kSeekEntryBytes = 12;
inline constexpr std::size_t kSeekFooterBytes = 9;
inline constexpr std::uint8_t kSeekHasChecksums = 0x80;

inline constexpr std::size_t kDigestBytes = 32;
inline constexpr std::size_t kChecksumBytes = 8;

/// Decompressed bytes of a frame, about.
inline constexpr std::size_t kFrameBytes = 256 << 10;

/// Decompressed bytes of a shard, at most: a bound on what a writer or a damaged file can make us allocate.
inline constexpr std::uint64_t kShardBytes = 64ULL << 20;

inline constexpr std::size_t kMinRowTokens = 64;
inline constexpr std::size_t kMaxRowTokens = 32768;

/// What a shard says about itself.
struct ShardHeader {
  Split split = Split::kTrain;
  std::uint32_t row_tokens = 0;
  std::uint32_t vocabulary_size = 0;
  std::string tokenizer_digest;  ///< SHA-256 of tokenizer.json, lower-case hex
  std::vector<std::string> labels;

  bool operator==(const ShardHeader&) const = default;
};

/// Rows in every frame but the last.
constexpr std::uint32_t rows_per_frame(std::uint32_t row_tokens) {
  const std::size_t rows = kFrameBytes / (row_tokens * sizeof(TokenId));
  return rows == 0 ? 1 : static_cast<std::uint32_t>(rows);
}

/// "train/shard-00000.pls".
std::string shard_file_name(Split split, std::size_t index);

}  // namespace palimpsest::tokens
