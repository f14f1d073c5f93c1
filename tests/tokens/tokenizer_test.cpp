#include "common/tokens/tokenizer.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/base/hash.h"
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
