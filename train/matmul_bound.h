// What share of the machine's matrix product rate a training step reaches.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "common/model/model_config.h"
#include "common/model/precision.h"
#include "common/model/row_batch.h"

namespace palimpsest::train {

/// Floating-point operations of the matrix products of one step, of which `masked` positions are predicted:
/// 2 for each multiplication and addition; the backward pass costs twice the forward one. Padding counts
/// where the model computes it. Passes that only count top choices (see accumulate_gradients) do not count.
double step_flops(const model::ModelConfig& config, const model::RowBatch& batch, std::int64_t masked);

/// The best FLOP/s, within 0.1 s, of the model's widest products (feed-forward and logits) of as many rows
/// as a micro-batch has tokens, with the threads that at::get_num_threads() says.
double matmul_rate(const model::ModelConfig& config, std::int64_t tokens, at::Device device,
                   model::Precision precision = model::Precision::kFloat32);

}  // namespace palimpsest::train
