#include "train/exported_model.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/sample_batch.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

at::Tensor logits(const model::Transformer& transformer) {
  const c10::NoGradGuard no_grad;
  const model::RowBatch batch = test::sample_batch(3);
  base::Random random{4};
  const model::MaskPlan masks = model::draw_stratified_masks(batch, random);
  return transformer.forward(model::ModelInput::from(batch, masks, {}, at::kCPU)).logits_MV();
}

class ExportedModelTest : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  model::Transformer transformer_{test::tiny_config(), 2, at::kCPU};
  model::CheckpointState state_{.step = 7,
                                .config = test::tiny_config(),
                                .labels = {"a", "b", "c", "d"},
                                .tokenizer_digest = "digest",
                                .row_tokens = 24};

  std::uint64_t write(model::WeightFormat format) {
    return write_exported_model(directory_.path(), state_, transformer_.named_tensors(), format, "{}");
  }
  model::Transformer read() const {
    const std::filesystem::path checkpoint = model::resolve_checkpoint(directory_.path());
    return model::load_model(checkpoint, model::read_checkpoint_state(checkpoint), at::kCPU);
  }
};

TEST_F(ExportedModelTest, LoadsBackBitwiseAsFloat32) {
  write(model::WeightFormat::kFloat32);
  EXPECT_TRUE(at::equal(logits(read()), logits(transformer_)));
  EXPECT_EQ(model::tokenizer_path(directory_.path()), directory_.path() / "tokenizer.json");
  const model::CheckpointState state = model::read_checkpoint_state(directory_.path());
  EXPECT_EQ(state.step, 7);
  EXPECT_EQ(state.labels, state_.labels);
}

TEST_F(ExportedModelTest, SmallerFormatsAreSmallerAndNearlyEqual) {
  const std::uint64_t whole = write(model::WeightFormat::kFloat32);
  const std::uint64_t half = write(model::WeightFormat::kBFloat16);
  EXPECT_LT(half, whole * 3 / 4);
  EXPECT_TRUE(at::allclose(logits(read()), logits(transformer_), 0.02, 0.01));
  EXPECT_LT(write(model::WeightFormat::kInt8), half);
  EXPECT_TRUE(at::allclose(logits(read()), logits(transformer_), 0.02, 0.01));
}

TEST_F(ExportedModelTest, ConfigNamesSizesAndSpecialTokens) {
  write(model::WeightFormat::kBFloat16);
  const io::Json config = io::read_json(directory_.path() / kModelConfigFile);
  EXPECT_EQ(config["hidden_size"], 16);
  EXPECT_EQ(config["num_experts"], 4);
  EXPECT_EQ(config["dtype"], "bfloat16");
  EXPECT_EQ(config["mask_token_id"], tokens::kMaskId);
  EXPECT_EQ(config["router"], "segment");
}

TEST_F(ExportedModelTest, AFlippedByteIsAnErrorAndSoIsAMissingAverage) {
  write(model::WeightFormat::kInt8);
  EXPECT_THROW(model::load_model(directory_.path(), model::read_checkpoint_state(directory_.path()), at::kCPU,
                                 /*average=*/true),
               base::Error);
  const std::filesystem::path file = directory_.path() / model::kModelFile;
  std::string content = io::read_file(file);
  content.back() = static_cast<char>(content.back() ^ 1);
  io::write_file_atomically(file, content);
  EXPECT_THROW(model::read_checkpoint_state(directory_.path()), base::Error);
}

}  // namespace
}  // namespace palimpsest::train
