#include "ingest/duplicate_index.h"

#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/io/json.h"

namespace palimpsest::ingest {
namespace {

using Tokens = std::vector<std::string>;

/// The slow way: shingles as strings in a set.
std::set<Tokens> shingle_set(const std::string& text) {
  Tokens tokens;
  bool in_word = false;
  for (const char c : text) {
    const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
    if (is_word && in_word) {
      tokens.back() += c;
    } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      tokens.emplace_back(1, c);
    }
    in_word = is_word;
  }
  std::set<Tokens> shingles;
  if (!tokens.empty() && tokens.size() < kShingleTokens) return {tokens};
  for (std::size_t i = 0; i + kShingleTokens <= tokens.size(); ++i) {
    const auto first = tokens.begin() + static_cast<std::ptrdiff_t>(i);
    shingles.emplace(first, first + kShingleTokens);
  }
  return shingles;
}

double exact_similarity(const std::string& a, const std::string& b) {
  const std::set<Tokens> x = shingle_set(a);
  const std::set<Tokens> y = shingle_set(b);
  std::size_t common = 0;
  for (const Tokens& shingle : x) common += y.count(shingle);
  return static_cast<double>(common) / static_cast<double>(x.size() + y.size() - common);
}

std::string made_up_text(base::Random& random, std::size_t words) {
  static constexpr std::string_view kMarks = "(){};,.";
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    text += "w" + std::to_string(random.below(400));
    text += random.below(3) == 0 ? std::string(1, kMarks[random.below(kMarks.size())]) + "\n" : " ";
  }
  return text;
}

/// Replaces words at random places, about one in `every`.
std::string edited(base::Random& random, const std::string& text, std::uint64_t every) {
  std::string result;
  for (const char c : text) result += c == 'w' && random.below(every) == 0 ? 'x' : c;
  return result;
}

std::optional<Duplicate> add(DuplicateIndex& index, const std::string& name, const std::string& text) {
  Fingerprint fingerprint = exact_fingerprint(text);
  if (auto exact = index.add_exact(name, fingerprint)) return exact;
  add_shingles(text, fingerprint);
  return index.add_near(name, std::move(fingerprint));
}

TEST(DuplicateIndexTest, SimilarityIsThatOfTheSlowWay) {
  base::Random random({1});
  for (int i = 0; i < 200; ++i) {
    const std::string a = made_up_text(random, random.below(300));
    const std::string b = edited(random, a, 1 + random.below(60));
    Fingerprint x;
    Fingerprint y;
    add_shingles(a, x);
    add_shingles(b, y);
    for (auto* values : {&x.shingles, &y.shingles}) {
      const std::set<std::uint32_t> set(values->begin(), values->end());
      values->assign(set.begin(), set.end());
    }
    if (a.empty()) continue;
    EXPECT_NEAR(jaccard(x.shingles, y.shingles), exact_similarity(a, b), 1e-9);
  }
}

TEST(DuplicateIndexTest, SketchEstimatesSimilarityWithoutBias) {
  base::Random random({2});
  double error = 0;
  constexpr int kPairs = 300;
  for (int i = 0; i < kPairs; ++i) {
    const std::string a = made_up_text(random, 10 + random.below(400));
    const std::string b = edited(random, a, 40);
    const Sketch x = sketch_of(shingle_hashes(a));
    const Sketch y = sketch_of(shingle_hashes(b));
    std::size_t equal = 0;
    for (std::size_t k = 0; k < kSketchSize; ++k) equal += x[k] == y[k] ? 1 : 0;
    const double estimate = static_cast<double>(equal) / static_cast<double>(kSketchSize);
    EXPECT_NEAR(estimate, exact_similarity(a, b), 0.2);
    error += estimate - exact_similarity(a, b);
  }
  EXPECT_NEAR(error / kPairs, 0, 0.01);
}

TEST(DuplicateIndexTest, RecallAtTheThresholdIsAbove95Percent) {
  base::Random random({3});
  int pairs = 0;
  int found = 0;
  while (pairs < 400) {
    const std::string a = made_up_text(random, 60 + random.below(300));
    const std::string b = edited(random, a, 20 + random.below(60));
    const double similarity = exact_similarity(a, b);
    if (similarity < 0.7 || similarity > 0.74) continue;
    ++pairs;
    DuplicateIndex index(0.7);
    add(index, "a", a);
    const auto duplicate = add(index, "b", b);
    if (!duplicate) continue;
    ++found;
    EXPECT_NEAR(duplicate->similarity, similarity, 1e-9);
  }
  RecordProperty("recall_percent", 100 * found / pairs);
  EXPECT_GE(found, 0.95 * pairs);
}

/// All pairs: the first file that is not similar to a kept one is kept.
TEST(DuplicateIndexTest, AgreesWithComparingAllPairs) {
  base::Random random({4});
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) {
    texts.push_back(made_up_text(random, 40 + random.below(200)));
    for (int copy = 0; copy < 4; ++copy)
      texts.push_back(edited(random, texts.back(), 15 + random.below(300)));
  }
  DuplicateIndex index(0.7);
  std::vector<std::size_t> kept;
  int wrong = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    double best = 0;
    for (const std::size_t other : kept) best = std::max(best, exact_similarity(texts[i], texts[other]));
    const auto duplicate = add(index, std::to_string(i), texts[i]);
    EXPECT_TRUE(!duplicate || best >= 0.7) << "dropped without reason";
    if (!duplicate && best >= 0.7) ++wrong;
    if (!duplicate) kept.push_back(i);
  }
  EXPECT_LE(wrong, 2);
}

TEST(DuplicateIndexTest, WhiteSpaceMakesNoDifference) {
  DuplicateIndex index(0);
  EXPECT_FALSE(add(index, "a", "if (a) {\n  b();\n}\n"));
  const auto same = add(index, "b", "if (a) {\n  b();\n}\n");
  ASSERT_TRUE(same);
  EXPECT_EQ(same->reason, "duplicate");
  EXPECT_EQ(same->survivor, "a");
  const auto respaced = add(index, "c", "if (a) {\r\n\tb(); }");
  ASSERT_TRUE(respaced);
  EXPECT_EQ(respaced->reason, "duplicate_without_space");
  EXPECT_FALSE(add(index, "d", "if (a) { c(); }"));
}

TEST(DuplicateIndexTest, OffAtZeroAndEmptyTextsAreLikeNothing) {
  base::Random random({5});
  const std::string text = made_up_text(random, 300);
  DuplicateIndex off(0);
  EXPECT_FALSE(add(off, "a", text));
  EXPECT_FALSE(add(off, "b", text + "more"));
  DuplicateIndex on(0.7);
  EXPECT_FALSE(add(on, "a", text));
  EXPECT_TRUE(add(on, "b", text + "more"));
  Fingerprint none;
  add_shingles(" \n", none);
  EXPECT_TRUE(none.shingles.empty());
  EXPECT_FALSE(on.add_near("c", none));
}

TEST(DuplicateIndexTest, CopiesOfADroppedFileNameItsSurvivor) {
  base::Random random({6});
  const std::string text = made_up_text(random, 300);
  const std::string like = text + " and more";
  DuplicateIndex index(0.7);
  EXPECT_FALSE(add(index, "a", text));
  const auto near = add(index, "b", like);
  ASSERT_TRUE(near);
  const auto copy = add(index, "c", like);
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->reason, "duplicate");
  EXPECT_EQ(copy->survivor, "a") << "b is not in the output";
  EXPECT_EQ(copy->similarity, near->similarity);
  EXPECT_EQ(add(index, "d", like + "\n\n")->survivor, "a");
  const io::Json cluster = io::parse_json(index.cluster_lines(), "clusters");
  EXPECT_EQ(cluster.at("survivor"), "a");
  ASSERT_EQ(cluster.at("dropped").size(), 3U);
  for (const io::Json& file : cluster.at("dropped")) EXPECT_LT(file.at("similarity"), 1);
}

}  // namespace
}  // namespace palimpsest::ingest
