#include "common/syntax/parse_memory.h"

#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "common/syntax/syntax_parser.h"

namespace palimpsest::syntax {
namespace {

/// A tree of many small nodes, above what the lists of a thread keep.
std::string statements(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "f(a, [b, c], { d: 1 });\n";
  return text;
}

TEST(ParseMemoryTest, AParseGivesBackWhatItTook) {
  use_parse_memory();
  const std::int64_t before = live_parse_bytes();
  {
    SyntaxParser parser;
    const auto small = parser.parse(statements(3), Grammar::kTypeScript);
    const auto large = parser.parse(statements(20'000), Grammar::kTypeScript);
    ASSERT_TRUE(small && large);
    EXPECT_GT(live_parse_bytes(), before + (16 << 20));
    EXPECT_EQ(ts_node_named_child_count(large->root()), 20'000U);
  }
  EXPECT_EQ(live_parse_bytes(), before);
}

TEST(ParseMemoryTest, ATreeMayEndInAnotherThread) {
  SyntaxParser parser;
  const std::string text = statements(100);
  for (int round = 0; round < 3; ++round) {
    std::optional<SyntaxTree> foreign;
    std::thread([&] { foreign = SyntaxParser().parse(text, Grammar::kTypeScript); }).join();
    const auto own = parser.parse(text, Grammar::kTypeScript);
    ASSERT_TRUE(foreign && own);
    foreign.reset();
    EXPECT_EQ(own->error_bytes, 0U);
    EXPECT_EQ(ts_node_named_child_count(own->root()), 100U);
  }
}

}  // namespace
}  // namespace palimpsest::syntax
