#include "common/model/model_input.h"

#include <ATen/ops/from_blob.h>

namespace palimpsest::model {
namespace {

template <typename T>
at::Tensor copy_to_tensor(const std::vector<T>& values, at::ScalarType type, at::Device device) {
  return at::from_blob(const_cast<T*>(values.data()), {static_cast<std::int64_t>(values.size())}, type)
      .to(device, type, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

at::Tensor to_tensor(const std::vector<std::int64_t>& values, at::Device device) {
  return copy_to_tensor(values, at::kLong, device);
}

at::Tensor to_tensor(const std::vector<float>& values, at::Device device) {
  return copy_to_tensor(values, at::kFloat, device);
}

ModelInput ModelInput::from(const RowBatch& batch, const MaskPlan& masks,
                            const std::vector<std::int64_t>& forced, at::Device device) {
  const std::size_t size = batch.ids.size();
  std::vector<std::int64_t> ids = batch.ids;
  std::vector<char> masked(size, 0);
  for (const std::int64_t position : masks.positions) {
    ids[static_cast<std::size_t>(position)] = tokens::kMaskId;
    masked[static_cast<std::size_t>(position)] = 1;
  }
  std::vector<std::int64_t> position(size, 0);
  std::vector<std::int64_t> segment_of(size, -1);
  std::vector<std::int64_t> token;
  std::vector<std::int64_t> segment_of_token;
  std::vector<float> mean_weight;
  for (std::size_t s = 0; s < batch.segments.size(); ++s) {
    const BatchSegment& segment = batch.segments[s];
    const std::int64_t first = batch.flat(segment.row, segment.begin);
    const std::int64_t length = segment.end - segment.begin;
    std::int64_t visible = 0;
    for (std::int64_t i = 0; i < length; ++i)
      visible += masked[static_cast<std::size_t>(first + i)] == 0 ? 1 : 0;
    for (std::int64_t i = 0; i < length; ++i) {
      const auto flat = static_cast<std::size_t>(first + i);
      position[flat] = i;
      segment_of[flat] = static_cast<std::int64_t>(s);
      token.push_back(first + i);
      segment_of_token.push_back(static_cast<std::int64_t>(s));
      const bool counts = visible == 0 || masked[flat] == 0;
      mean_weight.push_back(counts ? 1.0F / static_cast<float>(visible == 0 ? length : visible) : 0.0F);
    }
  }
  const std::vector<std::int64_t> router_chooses(batch.segments.size(), kRouterChooses);
  const std::vector<std::int64_t> shape = {batch.rows, batch.row_tokens};
  return {.ids_BT = to_tensor(ids, device).view(shape),
          .position_BT = to_tensor(position, device).view(shape),
          .segment_BT = to_tensor(segment_of, device).view(shape),
          .token_N = to_tensor(token, device),
          .segment_N = to_tensor(segment_of_token, device),
          .mean_weight_N = to_tensor(mean_weight, device),
          .forced_S = to_tensor(forced.empty() ? router_chooses : forced, device),
          .predict_M = to_tensor(masks.positions, device),
          .segments = static_cast<std::int64_t>(batch.segments.size())};
}

}  // namespace palimpsest::model
