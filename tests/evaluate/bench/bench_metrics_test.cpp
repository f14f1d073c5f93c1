#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/random.h"
#include "evaluate/bench/estimates.h"
#include "evaluate/bench/syntax_check.h"
#include "evaluate/bench/text_metrics.h"

namespace palimpsest::bench {
namespace {

TEST(TextMetricsTest, EditSimilarity) {
  EXPECT_EQ(edit_similarity("", ""), 1);
  EXPECT_EQ(edit_similarity("abc", ""), 0);
  EXPECT_EQ(edit_similarity("kitten", "sitting"), 1 - 3.0 / 7);
  EXPECT_EQ(edit_similarity("äöü", "aöü"), 1 - 1.0 / 3) << "code points, not bytes";
  EXPECT_EQ(edit_similarity("\xff", "\xfe"), 0) << "no UTF-8";
  EXPECT_TRUE(equal_but_for_ends(" a b\n", "a b"));
  EXPECT_FALSE(equal_but_for_ends("a b", "ab"));
}

/// The definition, by recursion.
std::size_t slow_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const std::size_t same = slow_distance(a.substr(1), b.substr(1)) + (a[0] == b[0] ? 0 : 1);
  return std::min({same, slow_distance(a.substr(1), b) + 1, slow_distance(a, b.substr(1)) + 1});
}

TEST(TextMetricsTest, EqualsTheDefinition) {
  base::Random random({7});
  for (int i = 0; i < 200; ++i) {
    std::string a(random.below(6), ' ');
    std::string b(1 + random.below(5), ' ');
    for (char& c : a) c = static_cast<char>('a' + random.below(3));
    for (char& c : b) c = static_cast<char>('a' + random.below(3));
    const auto longer = static_cast<double>(std::max(a.size(), b.size()));
    EXPECT_DOUBLE_EQ(edit_similarity(a, b), 1 - static_cast<double>(slow_distance(a, b)) / longer)
        << a << " " << b;
  }
}

TEST(TextMetricsTest, HugeTextsAreCheap) {
  const std::string a(3'000'000, 'a');
  EXPECT_EQ(edit_similarity(a, a), 1);
  EXPECT_EQ(edit_similarity(a, std::string(3'000'000, 'b')), 0);
}

TEST(SyntaxCheckTest, JudgesFills) {
  syntax::SyntaxParser parser;
  SyntaxCheck check(parser, "function f(a) { return ", "; }\nconst b = 1;\n", "a + 1",
                    syntax::Grammar::kTypeScript);
  EXPECT_TRUE(check.is_valid("a + 1"));
  EXPECT_TRUE(check.is_valid("g(a)"));
  EXPECT_TRUE(check.is_valid("")) << "return; is fine";
  EXPECT_FALSE(check.is_valid("a +"));
  EXPECT_FALSE(check.is_valid("function () { "));
  EXPECT_FALSE(check.is_valid("g(a"));
  EXPECT_FALSE(check.is_valid("`"));
  SyntaxCheck broken(parser, "let a = ", "; )))", "1", syntax::Grammar::kTypeScript);
  EXPECT_TRUE(broken.is_valid("2")) << "the file's own errors do not count";
  EXPECT_FALSE(broken.is_valid("2 +"));
  SyntaxCheck empty(parser, "", "", "", syntax::Grammar::kTsx);
  EXPECT_TRUE(empty.is_valid("<a/>"));
  EXPECT_FALSE(empty.is_valid("<a>"));
}

TEST(EstimatesTest, PassAtKEqualsEnumeration) {
  for (int n = 1; n <= 8; ++n) {
    for (int c = 0; c <= n; ++c) {
      for (int k = 1; k <= n; ++k) {
        int subsets = 0;
        int hit = 0;
        for (unsigned set = 0; set < 1U << n; ++set) {
          if (__builtin_popcount(set) != k) continue;
          ++subsets;
          if ((set & ((1U << c) - 1)) != 0) ++hit;
        }
        EXPECT_NEAR(pass_at_k(n, c, k), static_cast<double>(hit) / subsets, 1e-12);
      }
    }
  }
  EXPECT_THROW(pass_at_k(2, 1, 3), base::Error);
}

TEST(EstimatesTest, BootstrapIntervals) {
  EXPECT_EQ(bootstrap_mean({}, 1).mean, 0);
  const Interval one = bootstrap_mean({{0.5, "a"}, {1, "a"}}, 1);
  EXPECT_EQ(one.low, 0.75);
  EXPECT_EQ(one.high, 0.75);
  // 95 % intervals of a fair coin hold its mean about 95 times in 100.
  int covered = 0;
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    base::Random random({trial});
    std::vector<Observation> tosses(100);
    for (std::size_t i = 0; i < tosses.size(); ++i) {
      tosses[i] = {static_cast<double>(random.below(2)), std::to_string(i)};
    }
    const Interval interval = bootstrap_mean(tosses, 1);
    covered += interval.low <= 0.5 && 0.5 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, 180);
  EXPECT_LE(covered, 199);
}

}  // namespace
}  // namespace palimpsest::bench
