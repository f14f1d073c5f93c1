#include "common/model/tensor_copy.h"

#include <map>

#include <ATen/ATen.h>

#include "common/base/error.h"

namespace palimpsest::model {

void copy_tensors(const NamedTensors& stored, const NamedTensors& targets, const std::string& what,
                  const std::string& where) {
  const std::map<std::string, at::Tensor> by_name(stored.begin(), stored.end());
  for (const auto& [name, target] : targets) {
    const auto found = by_name.find(name);
    if (found == by_name.end() || found->second.sizes() != target.sizes()) {
      throw base::Error(base::ErrorCode::kBadData, what + " lacks " + name + " in the right shape",
                        {.where = where});
    }
    target.copy_(found->second);
  }
}

}  // namespace palimpsest::model
