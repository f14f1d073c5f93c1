#include "common/model/context_cache.h"

#include <ATen/ATen.h>

namespace palimpsest::model {

void ContextCache::update(std::size_t layer, at::Tensor& layer_keys, at::Tensor& layer_values) {
  if (layer == keys.size()) {
    keys.push_back(layer_keys.contiguous());
    values.push_back(layer_values.contiguous());
    return;
  }
  keys[layer].index_copy_(2, rows_Q, layer_keys);
  values[layer].index_copy_(2, rows_Q, layer_values);
  layer_keys = keys[layer];
  layer_values = values[layer];
}

}  // namespace palimpsest::model
