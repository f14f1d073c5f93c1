#include "train/checkpoint_average.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/model/checkpoint.h"
#include "tests/support/sample_batch.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::train {
namespace {

class CheckpointAverageTest : public testing::Test {
 protected:
  std::filesystem::path write(std::int64_t step, const model::NamedTensors& tensors) {
    const model::CheckpointState state{.step = step, .config = test::tiny_config()};
    model::write_checkpoint(directory_.path(), state, {{model::kModelFile, tensors}});
    return model::checkpoint_path(directory_.path(), step);
  }
  static model::NamedTensors weights(std::uint64_t seed) {
    return model::Transformer(test::tiny_config(), seed, at::kCPU).named_tensors();
  }

  test::TemporaryDirectory directory_;
};

TEST_F(CheckpointAverageTest, IsTheMeanOfEveryWeight) {
  const std::vector<model::NamedTensors> all = {weights(1), weights(2), weights(3)};
  std::vector<std::filesystem::path> paths;
  for (const model::NamedTensors& tensors : all) {
    paths.push_back(write(static_cast<std::int64_t>(paths.size()), tensors));
  }
  const model::NamedTensors mean = average_checkpoints(paths, model::kModelFile);
  ASSERT_EQ(mean.size(), all[0].size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    EXPECT_EQ(mean[i].first, all[0][i].first);
    EXPECT_EQ(mean[i].second.sizes(), all[0][i].second.sizes());
    for (std::int64_t n = 0; n < mean[i].second.numel(); ++n) {
      double sum = 0;
      for (const model::NamedTensors& one : all) sum += one[i].second.flatten()[n].item<float>();
      ASSERT_EQ(mean[i].second.flatten()[n].item<float>(), static_cast<float>(sum / 3)) << mean[i].first;
    }
  }
}

TEST_F(CheckpointAverageTest, OneCheckpointIsItsOwnMean) {
  const model::NamedTensors mean = average_checkpoints({write(1, weights(1))}, model::kModelFile);
  EXPECT_TRUE(at::equal(mean[0].second, weights(1)[0].second));
}

TEST_F(CheckpointAverageTest, AnotherModelAndDamageAreNamed) {
  const std::filesystem::path good = write(1, weights(1));
  const std::filesystem::path other = write(2, {{"embedding", at::zeros({2, 2})}});
  EXPECT_THROW(average_checkpoints({good, other}, model::kModelFile), base::Error);
  io::write_file_atomically(other / model::kModelFile, "short");
  try {
    average_checkpoints({good, other}, model::kModelFile);
    FAIL() << "a damaged checkpoint was averaged";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("step-2/model.safetensors"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace palimpsest::train
