// The text of a split as documents: what coders and compressors are measured on, byte for byte what the model
// is scored on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::evaluate {

/// The segments of one document that belong to one family, joined in the order of the file.
struct DocumentText {
  std::uint32_t document = 0;  ///< index into ShardReader::documents()
  std::size_t family = 0;
  std::int64_t tokens = 0;  ///< maskable: an `<|end|>` for each segment included
  std::string text;
};

/// By family, then document.
std::vector<DocumentText> document_texts(const tokens::ShardReader& shards,
                                         const tokens::Tokenizer& tokenizer);

/// Text of evenly spaced rows, whole when it has at most `bytes`, else about that much.
std::string sample_text(const tokens::ShardReader& shards, const tokens::Tokenizer& tokenizer,
                        std::size_t bytes);

/// Calls visit(label, segment, ids) for every segment; the ids are the maskable ones, `<|end|>` included.
void for_each_segment(const tokens::ShardReader& shards,
                      const std::function<void(std::size_t, const tokens::SegmentInfo&,
                                               std::span<const tokens::TokenId>)>& visit);

}  // namespace palimpsest::evaluate
