#include "ingest/non_white.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace palimpsest::ingest {
namespace {

std::uint32_t slow_count(std::string_view text) {
  std::uint32_t count = 0;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) >> 6U) == 2;
    if (!continues && std::string_view(" \t\n\v\f\r").find(c) == std::string_view::npos) ++count;
  }
  return count;
}

/// Runs of words, blanks and two- to four-byte characters, some longer than a block.
std::string random_text(base::Random& random) {
  static const std::vector<std::string> kParts = {
      "a", " ", "\n\t", "\x7F", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  std::string text;
  for (std::uint64_t runs = random.below(12); runs > 0; --runs) {
    const std::string& part = kParts[random.below(kParts.size())];
    for (std::uint64_t i = random.below(90); i > 0; --i) text += part;
  }
  return text;
}

TEST(NonWhiteTest, CountsCodePoints) {
  const std::string text = "a \t\n\xC3\xA9\xF0\x9F\x98\x80";
  EXPECT_EQ(NonWhiteIndex(text).count(0, text.size()), 3U);
  EXPECT_EQ(NonWhiteIndex("").count(0, 0), 0U);
}

TEST(NonWhiteTest, EqualsCountingEachByte) {
  base::Random random({7});
  for (int round = 0; round < 300; ++round) {
    const std::string text = random_text(random);
    const NonWhiteIndex index(text);
    const std::size_t end = random.below(text.size() + 1);
    const std::size_t begin = random.below(end + 1);
    ASSERT_EQ(index.count(begin, end), slow_count(std::string_view(text).substr(begin, end - begin)));
    const auto budget = static_cast<std::uint32_t>(random.below(200));
    const std::size_t reach = index.reach(begin, budget);
    ASSERT_LE(slow_count(std::string_view(text).substr(begin, reach - begin)), budget);
    if (reach == text.size()) continue;
    ASSERT_GT(slow_count(std::string_view(text).substr(begin, reach + 1 - begin)), budget);
  }
}

}  // namespace
}  // namespace palimpsest::ingest
