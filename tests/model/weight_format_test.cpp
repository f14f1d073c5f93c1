#include "common/model/weight_format.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "tests/support/sample_batch.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::model {
namespace {

NamedTensors sample_weights() {
  return Transformer(test::tiny_config(), 2, at::kCPU).named_tensors();
}

class WeightFormatTest : public testing::TestWithParam<const char*> {};

TEST_P(WeightFormatTest, ComesBackFromDiskWithinItsPrecision) {
  const test::TemporaryDirectory directory;
  const WeightFormat format = parse_weight_format(GetParam());
  const NamedTensors weights = sample_weights();
  const std::filesystem::path path = directory.path() / "x.safetensors";
  write_safetensors(path, pack_weights(weights, format));
  const NamedTensors read = unpack_weights(read_safetensors(path), "x");
  ASSERT_EQ(read.size(), weights.size());
  Transformer transformer(test::tiny_config(), 3, at::kCPU);
  transformer.load(read, "x");
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto& [name, weight] = weights[i];
    EXPECT_EQ(read[i].first, name);
    const at::Tensor error = (read[i].second - weight).abs();
    const bool exact = format == WeightFormat::kFloat32 || weight.dim() < 2 || name.ends_with("router") ||
                       name.ends_with("_norm");
    // bfloat16 rounds to 8 significant bits; int8 to half a step of the row's largest / 127.
    const at::Tensor bound = exact                               ? at::zeros({1})
                             : format == WeightFormat::kBFloat16 ? weight.abs() / 256
                                                                 : weight.abs().amax(-1, true) / 127 * 0.5001;
    EXPECT_TRUE((error <= bound).all().item<bool>()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, WeightFormatTest, testing::Values("f32", "bf16", "int8"));

TEST(WeightFormatTest, ARowOfZerosStaysZero) {
  const NamedTensors weights = {{"w", at::zeros({2, 3})}};
  EXPECT_TRUE(at::equal(unpack_weights(pack_weights(weights, WeightFormat::kInt8), "x")[0].second,
                        at::zeros({2, 3})));
}

TEST(WeightFormatTest, AnInt8TensorWithoutItsScaleIsAnError) {
  const at::Tensor values = at::ones({2, 3}, at::kChar);
  EXPECT_THROW(unpack_weights({{"w", values}}, "x"), base::Error);
  EXPECT_THROW(unpack_weights({{"w", values}, {"w.scale", at::ones({3, 1})}}, "x"), base::Error);
  EXPECT_THROW(parse_weight_format("int4"), base::Error);
}

TEST(WeightFormatTest, OnlyMatricesOfTheLayersDecay) {
  const Transformer transformer(test::tiny_config(), 2, at::kCPU);
  for (const Parameter& parameter : transformer.parameters()) {
    const bool matrix = parameter.name.ends_with(".qkv") || parameter.name.ends_with(".out") ||
                        parameter.name.ends_with(".in");
    EXPECT_EQ(parameter.decays, matrix) << parameter.name;
  }
}

}  // namespace
}  // namespace palimpsest::model
