#include "common/model/model_config.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::model {
namespace {

TEST(ModelConfigTest, PresetsHaveTheSizesTheyPromise) {
  ModelConfig nano = load_model_config("nano");
  nano.vocabulary = 4096;
  EXPECT_NEAR(static_cast<double>(count_parameters(nano).total), 1e6, 5e4);
  ModelConfig dense = load_model_config("dense-nano");
  dense.vocabulary = 4096;
  EXPECT_NEAR(static_cast<double>(count_parameters(dense).total),
              static_cast<double>(count_parameters(nano).active), 1e4);
  ModelConfig large = load_model_config("moedcoder-10m");
  large.vocabulary = 8192;
  EXPECT_GE(count_parameters(large).total, 9'500'000);
  EXPECT_LE(count_parameters(large).total, 10'500'000);
  EXPECT_GE(count_parameters(large).active, 5'500'000);
  EXPECT_LE(count_parameters(large).active, 6'500'000);
  ModelConfig active_twin = load_model_config("dense-6m");
  active_twin.vocabulary = 8192;
  EXPECT_NEAR(static_cast<double>(count_parameters(active_twin).total),
              static_cast<double>(count_parameters(large).active), 1e4);
  ModelConfig total_twin = load_model_config("dense-10m");
  total_twin.vocabulary = 8192;
  EXPECT_NEAR(static_cast<double>(count_parameters(total_twin).total),
              static_cast<double>(count_parameters(large).total), 5e4);
}

TEST(ModelConfigTest, JsonRoundTrip) {
  ModelConfig config = load_model_config("nano");
  config.vocabulary = 4096;
  EXPECT_EQ(to_json(model_config_from_json(to_json(config), "x")), to_json(config));
}

TEST(ModelConfigTest, BadFilesAndSizesAreUsageErrors) {
  const test::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "m.toml";
  for (const char* text :
       {"widht = 96", "width = \"large\"", "width = ", "router = \"both\"", "moe_layers = 3"}) {
    io::write_file_atomically(path, text);
    EXPECT_THROW(load_model_config(path.string()), base::Error) << text;
  }
  EXPECT_THROW(load_model_config("no-such-preset"), base::Error);
  for (const char* text : {"width = 97", "heads = 0", "layers = 0", "moe_layers = [9]", "moe_layers = [3, 1]",
                           "experts = 1", "expert_hidden = 0", "dense_hidden = -4", "top_k = 0", "top_k = 5",
                           "router_jitter = 1.0", "shared_hidden = -1"}) {
    io::write_file_atomically(path, text);
    ModelConfig config = load_model_config(path.string());
    config.vocabulary = 4096;
    EXPECT_THROW(config.validate(), base::Error) << text;
  }
}

}  // namespace
}  // namespace palimpsest::model
