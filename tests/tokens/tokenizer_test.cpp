#include "common/tokens/tokenizer.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/support/sample_documents.h"
#include "tests/support/temporary_directory.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::tokens {
namespace {

std::vector<std::string> spelled(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::string> tokens;
  for (const TokenId id : tokenizer.encode(text)) tokens.emplace_back(tokenizer.bytes(id));
  return tokens;
}

TEST(TokenizerTest, MergesByRankInsidePreTokens) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  EXPECT_EQ(spelled(tokenizer, "\n  return 1234"), (std::vector<std::string>{"\n  return", " ", "123", "4"}));
  EXPECT_EQ(spelled(tokenizer, "abc"), (std::vector<std::string>{"abc"}));
  EXPECT_TRUE(tokenizer.encode("").empty());
}

TEST(TokenizerTest, DecodeUndoesEncode) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = test::sample_text(seed, 40);
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
  }
}

TEST(TokenizerTest, PartsJoinToTheEncoding) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  std::string text;
  for (std::uint64_t seed = 0; text.size() < (std::size_t{1} << 20); ++seed) {
    text += test::sample_text(seed, 60) + std::to_string(seed);
  }
  std::vector<TokenId> joined;
  std::size_t parts = 0;
  tokenizer.encode_parts(text, [&](std::span<const TokenId> ids) {
    joined.insert(joined.end(), ids.begin(), ids.end());
    ++parts;
  });
  EXPECT_EQ(joined, tokenizer.encode(text));
  EXPECT_EQ(tokenizer.count(text), joined.size());
  EXPECT_GT(parts, 1U);
}

TEST(TokenizerTest, TextThatSpellsASpecialTokenIsData) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  for (const std::string_view special : kSpecialTokens) {
    const std::vector<TokenId> ids = tokenizer.encode(special);
    for (const TokenId id : ids) EXPECT_GE(id, kSpecialCount);
    EXPECT_EQ(tokenizer.decode(ids), special);
  }
}

TEST(TokenizerTest, SpecialTokensHaveNoBytes) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  EXPECT_EQ(tokenizer.decode(std::vector<TokenId>{kPadId, kMaskId, kEndId}), "");
}

TEST(TokenizerTest, RefusesUnknownIdsAndBrokenText) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  EXPECT_THROW(tokenizer.bytes(static_cast<TokenId>(tokenizer.size())), base::Error);
  EXPECT_THROW(tokenizer.encode("a\xc3"), base::Error);
}

const EncodeOptions kAnySpecial = {.allowed_specials = SpecialSet().set()};
const EncodeOptions kAnyBytes = {.broken_utf8 = BrokenUtf8::kBytes};

TEST(TokenizerTest, AllowedSpecialsBecomeIds) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  const std::string text = "re<|<|end|><|mask|>re<|pad|";
  std::vector<TokenId> expected = tokenizer.encode("re<|");
  expected.insert(expected.end(), {kEndId, kMaskId});
  for (const TokenId id : tokenizer.encode("re<|pad|")) expected.push_back(id);
  EXPECT_EQ(tokenizer.encode(text, kAnySpecial), expected);
  EXPECT_EQ(tokenizer.count(text, kAnySpecial), expected.size());
  EncodeOptions only_end;
  only_end.allowed_specials.set(kEndId);
  EXPECT_EQ(tokenizer.encode("<|mask|>", only_end), tokenizer.encode("<|mask|>"));
  EXPECT_EQ(tokenizer.encode("<|end|>", only_end), std::vector<TokenId>{kEndId});
}

TEST(TokenizerTest, BrokenUtf8IsKeptWhenAsked) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    base::Random random({seed});
    std::string text = test::sample_text(seed, 2);
    for (std::uint64_t change = random.below(6); change > 0; --change) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    }
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text, kAnyBytes)), text);
  }
  EXPECT_EQ(tokenizer.encode("return", kAnyBytes), tokenizer.encode("return"));
  EXPECT_EQ(spelled(tokenizer, "a"), std::vector<std::string>{"a"});
  EXPECT_EQ(tokenizer.count("ab\xff\xc3 ab", kAnyBytes), 5U);  // the broken bytes are two tokens
}

TEST(TokenizerTest, BatchAndCountsEqualEncode) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  std::vector<std::string> texts;
  for (std::uint64_t seed = 0; seed < 50; ++seed) texts.push_back(test::sample_text(seed, seed));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto batch = tokenizer.encode_batch(views);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(batch[i], tokenizer.encode(texts[i]));
    EXPECT_EQ(tokenizer.count(texts[i]), batch[i].size());
  }
  EXPECT_THROW(tokenizer.encode_batch(std::vector<std::string_view>{"a", "\xff"}), base::Error);
}

TEST(TokenizerTest, HealedHolesJoinToTheWholeEncoding) {
  const Tokenizer tokenizer = test::sample_tokenizer();
  const std::string text = "x\n  return 1234abc";
  for (std::size_t begin = 0; begin <= text.size(); ++begin) {
    for (std::size_t end = begin; end <= text.size(); ++end) {
      const HealedHole hole = tokenizer.heal(text, begin, end);
      EXPECT_EQ(tokenizer.decode(hole.left), text.substr(0, hole.begin));
      EXPECT_EQ(tokenizer.decode(hole.inside), text.substr(hole.begin, hole.end - hole.begin));
      EXPECT_EQ(tokenizer.decode(hole.right), text.substr(hole.end));
      EXPECT_LE(hole.begin, begin);
      EXPECT_GE(hole.end, end);
      std::vector<TokenId> joined = hole.left;
      joined.insert(joined.end(), hole.inside.begin(), hole.inside.end());
      joined.insert(joined.end(), hole.right.begin(), hole.right.end());
      EXPECT_EQ(joined, tokenizer.encode(text));
    }
  }
  const HealedHole cut = tokenizer.heal(text, 5, 5);  // inside "\n  return"
  EXPECT_EQ(cut.begin, 1U);
  EXPECT_EQ(cut.end, 10U);
  EXPECT_TRUE(tokenizer.heal(text, 10, 10).inside.empty());
  EXPECT_THROW(tokenizer.heal(text, 3, 2), base::Error);
  EXPECT_THROW(tokenizer.heal(text, 0, text.size() + 1), base::Error);
}

TEST(TokenizerTest, LoadsAFileAndKnowsItsDigest) {
  const test::TemporaryDirectory directory;
  const std::string json = to_tokenizer_json(test::sample_vocabulary());
  io::write_file_atomically(directory.path() / kTokenizerFile, json);
  const Tokenizer tokenizer = Tokenizer::load(directory.path() / kTokenizerFile);
  EXPECT_EQ(tokenizer.digest(), base::sha256_hex(json));
  EXPECT_EQ(tokenizer.size(), test::sample_vocabulary().tokens.size());
  try {
    Tokenizer::load(directory.path() / "missing.json");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kEnvironment);
  }
}

}  // namespace
}  // namespace palimpsest::tokens
