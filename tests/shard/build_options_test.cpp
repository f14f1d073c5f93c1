#include "shard/build_options.h"

#include <functional>

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::shard {
namespace {

BuildOptions good_options() {
  BuildOptions options;
  options.run.out = "out";
  options.documents = "documents";
  options.tokenizer = "tokenizer";
  return options;
}

TEST(BuildOptionsTest, DefaultsAreValid) {
  EXPECT_NO_THROW(validate(good_options()));
}

TEST(BuildOptionsTest, EachBadValueIsAUsageError) {
  const std::vector<std::function<void(BuildOptions&)>> damages = {
      [](BuildOptions& o) { o.documents.clear(); },
      [](BuildOptions& o) { o.tokenizer.clear(); },
      [](BuildOptions& o) { o.run.out.clear(); },
      [](BuildOptions& o) { o.row_tokens = 63; },
      [](BuildOptions& o) { o.row_tokens = 32769; },
      [](BuildOptions& o) { o.shard_text_bytes = 0; },
      [](BuildOptions& o) { o.shard_text_bytes = (1ULL << 30) + 1; },
      [](BuildOptions& o) { o.tasks = 0; },
      [](BuildOptions& o) { o.task = 1; }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    BuildOptions options = good_options();
    damages[i](options);
    try {
      validate(options);
      ADD_FAILURE() << "damage " << i;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kUsage);
    }
  }
}

}  // namespace
}  // namespace palimpsest::shard
