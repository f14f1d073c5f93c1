#include "tokenize/vocabulary_options.h"

#include <functional>

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::tokenize {
namespace {

VocabularyOptions good_options() {
  VocabularyOptions options;
  options.run.out = "out";
  options.documents = "documents";
  return options;
}

TEST(VocabularyOptionsTest, TransitionIsAShareUnlessGiven) {
  VocabularyOptions options = good_options();
  EXPECT_EQ(options.transition_size(), 6144U);
  options.transition = 500;
  EXPECT_EQ(options.transition_size(), 500U);
  options.transition = 0;
  options.vocab_size = 270;
  EXPECT_EQ(options.transition_size(), 264U);
}

TEST(VocabularyOptionsTest, DefaultsAreValid) {
  EXPECT_NO_THROW(validate(good_options()));
}

TEST(VocabularyOptionsTest, EachBadValueIsAUsageError) {
  const std::vector<std::function<void(VocabularyOptions&)>> damages = {
      [](VocabularyOptions& o) { o.documents.clear(); },
      [](VocabularyOptions& o) { o.run.out.clear(); },
      [](VocabularyOptions& o) { o.vocab_size = 263; },
      [](VocabularyOptions& o) { o.vocab_size = 65537; },
      [](VocabularyOptions& o) { o.transition = 9000; },
      [](VocabularyOptions& o) { o.transition = 200; },
      [](VocabularyOptions& o) { o.transition_share = 0; },
      [](VocabularyOptions& o) { o.transition_share = 1.1; },
      [](VocabularyOptions& o) { o.max_token_bytes = 1; },
      [](VocabularyOptions& o) { o.max_words = 0; },
      [](VocabularyOptions& o) { o.min_repos = 0; },
      [](VocabularyOptions& o) { o.min_count = 0; },
      [](VocabularyOptions& o) { o.max_token_bytes = 65536; },
      [](VocabularyOptions& o) { o.preset = "gpt2"; },
      [](VocabularyOptions& o) { o.veto = "("; },
      [](VocabularyOptions& o) { o.text.memory_bytes = 1000; }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    VocabularyOptions options = good_options();
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
}  // namespace palimpsest::tokenize
