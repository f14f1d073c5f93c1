#include "train/checkpoint_average.h"

#include <ATen/ATen.h>

#include "common/model/checkpoint.h"
#include "common/model/tensor_copy.h"

namespace palimpsest::train {

model::NamedTensors average_checkpoints(const std::vector<std::filesystem::path>& checkpoints,
                                        const char* file) {
  model::NamedTensors means;
  for (const std::filesystem::path& checkpoint : checkpoints) {
    model::read_checkpoint_state(checkpoint);  // compares the digests
    const model::NamedTensors tensors = model::read_safetensors(checkpoint / file);
    if (means.empty()) {
      for (const auto& [name, tensor] : tensors)
        means.emplace_back(name, at::zeros_like(tensor, at::kDouble));
    }
    model::NamedTensors wide;
    for (const auto& [name, mean] : means) wide.emplace_back(name, at::empty_like(mean));
    model::copy_tensors(tensors, wide, "checkpoint", checkpoint.string());
    for (std::size_t i = 0; i < means.size(); ++i) means[i].second += wide[i].second;
  }
  for (auto& [name, mean] : means) {
    mean = (mean / static_cast<double>(checkpoints.size())).to(at::kFloat);
  }
  return means;
}

}  // namespace palimpsest::train
