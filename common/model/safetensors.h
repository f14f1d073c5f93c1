// The safetensors file format: named tensors behind a JSON header, nothing executable. float32,
// bfloat16, int8 and int64.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace palimpsest::model {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Writes tensors as the type they have and fsyncs. Throws Error{kEnvironment} on a full disk.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors);

/// Reads every tensor. Each offset, size and type is checked; throws Error{kBadData} that names file and
/// tensor.
NamedTensors read_safetensors(const std::filesystem::path& path);

}  // namespace palimpsest::model
