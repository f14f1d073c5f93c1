// Small batches and models for tests of the model.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/random.h"
#include "common/model/model_config.h"
#include "common/model/row_batch.h"
#include "common/tokens/special_tokens.h"

namespace palimpsest::test {

/// A model small enough to enumerate with: width 16, 2 layers, the second with 4 experts.
inline model::ModelConfig tiny_config(model::RouterMode router = model::RouterMode::kSegment) {
  return {.vocabulary = 20,
          .width = 16,
          .heads = 2,
          .layers = 2,
          .dense_hidden = 24,
          .experts = 4,
          .expert_hidden = 16,
          .moe_layers = {1},
          .router = router};
}

/// Rows of 24 tokens: each has two segments of 12 and 10 tokens with 2 header tokens, then padding. Labels go
/// round.
inline model::RowBatch sample_batch(std::int64_t rows, std::uint64_t seed = 1) {
  model::RowBatch batch;
  batch.rows = rows;
  batch.row_tokens = 24;
  base::Random random{seed};
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < batch.row_tokens; ++i) {
      const bool end = i == 11 || i == 21;
      const auto id = static_cast<std::int64_t>(tokens::kSpecialCount + random.below(12));
      batch.ids.push_back(i > 21 ? tokens::kPadId : end ? tokens::kEndId : id);
    }
    batch.segments.push_back(
        {.row = row, .begin = 0, .end = 12, .header = 2, .label = row % 4, .text_bytes = 27});
    batch.segments.push_back(
        {.row = row, .begin = 12, .end = 22, .header = 2, .label = row % 4, .text_bytes = 21});
  }
  return batch;
}

/// One row, one segment of `length` maskable tokens behind one header token.
inline model::RowBatch single_segment(std::int64_t length) {
  model::RowBatch batch;
  batch.rows = 1;
  batch.row_tokens = length + 1;
  for (std::int64_t i = 0; i <= length; ++i) batch.ids.push_back(tokens::kSpecialCount + 3 * i % 12);
  batch.segments = {{.row = 0, .begin = 0, .end = length + 1, .header = 1, .label = 2, .text_bytes = length}};
  return batch;
}

}  // namespace palimpsest::test
