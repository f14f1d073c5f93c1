#include "common/tokens/tokenizer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/json.h"
#include "tests/tokens/sample_tokenizer.h"

namespace palimpsest::tokens {
namespace {

using ::testing::HasSubstr;

io::Json sample_json() {
  return io::Json::parse(to_tokenizer_json(test::sample_vocabulary()));
}

std::string complaint(const std::string& json) {
  try {
    parse_tokenizer_json(json, "bad.json");
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
    EXPECT_THAT(error.what(), HasSubstr("bad.json"));
    return error.what();
  }
  return "no complaint";
}
std::string complaint(const io::Json& json) {
  return complaint(json.dump());
}

TEST(TokenizerJsonTest, WhatIsWrittenIsReadBack) {
  const Vocabulary vocabulary = test::sample_vocabulary();
  const Vocabulary read = parse_tokenizer_json(to_tokenizer_json(vocabulary), "test");
  EXPECT_EQ(read.tokens, vocabulary.tokens);
  EXPECT_EQ(read.merges, vocabulary.merges);
  EXPECT_EQ(read.pattern, vocabulary.pattern);
  EXPECT_EQ(parse_tokenizer_json(to_tokenizer_json(base_vocabulary("")), "test").pattern, "");
}

TEST(TokenizerJsonTest, ReadsMergesAsStrings) {
  io::Json json = sample_json();
  for (io::Json& merge : json["model"]["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  EXPECT_EQ(parse_tokenizer_json(json.dump(), "test").merges, test::sample_vocabulary().merges);
}

TEST(TokenizerJsonTest, RefusesOtherFiles) {
  EXPECT_THAT(complaint(std::string("{")), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint(std::string()), HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint(std::string("[]")), HasSubstr("no object"));
  EXPECT_THAT(complaint(std::string("{}")), HasSubstr("added_tokens"));
}

/// A change of a good file, and the field that the complaint must name.
struct Damage {
  const char* name;
  std::function<void(io::Json&)> apply;
  const char* field;
};

class TokenizerJsonDamageTest : public ::testing::TestWithParam<Damage> {};

TEST_P(TokenizerJsonDamageTest, IsNamed) {
  io::Json json = sample_json();
  GetParam().apply(json);
  EXPECT_THAT(complaint(json), HasSubstr(std::string("bad field ") + GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    All, TokenizerJsonDamageTest,
    ::testing::Values(
        Damage{"NoMerges", [](io::Json& j) { j["model"].erase("merges"); }, "model/merges"},
        Damage{"NoVocab", [](io::Json& j) { j["model"].erase("vocab"); }, "model/vocab"},
        Damage{"LostMerge", [](io::Json& j) { j["model"]["merges"].erase(3); }, "model/merges"},
        Damage{"UnknownMerge", [](io::Json& j) { j["model"]["merges"][0][0] = "q!"; }, "model/merges"},
        Damage{"MergeOfOne", [](io::Json& j) { j["model"]["merges"][0] = "re"; }, "model/merges"},
        Damage{"DuplicateId", [](io::Json& j) { j["model"]["vocab"]["re"] = 20; }, "model/vocab"},
        Damage{"GapInIds", [](io::Json& j) { j["model"]["vocab"]["re"] = 5000; }, "model/vocab"},
        Damage{"NegativeId", [](io::Json& j) { j["model"]["vocab"]["re"] = -1; }, "model/vocab"},
        Damage{"LostByte",
               [](io::Json& j) {
                 j["model"]["vocab"].erase("!");
                 j["model"]["vocab"]["!!"] = 8;
               },
               "model/vocab"},
        Damage{"NotBytes",
               [](io::Json& j) {
                 j["model"]["vocab"].erase("!");
                 j["model"]["vocab"]["日"] = 8;
               },
               "model/vocab"},
        Damage{"SpecialElsewhere",
               [](io::Json& j) { std::swap(j["model"]["vocab"]["<|pad|>"], j["model"]["vocab"]["!"]); },
               "model/vocab"},
        Damage{"NoSpecials", [](io::Json& j) { j["added_tokens"] = io::Json::array(); }, "added_tokens"},
        Damage{"SpecialsSwapped", [](io::Json& j) { std::swap(j["added_tokens"][0], j["added_tokens"][1]); },
               "added_tokens"},
        Damage{"ExtraSpecial", [](io::Json& j) { j["added_tokens"].push_back(j["added_tokens"][0]); },
               "added_tokens"},
        Damage{"Normalizer",
               [](io::Json& j) {
                 j["normalizer"] = {{"type", "NFC"}};
               },
               "normalizer"},
        Damage{"OtherModel", [](io::Json& j) { j["model"]["type"] = "Unigram"; }, "model/type"},
        Damage{"OtherDecoder", [](io::Json& j) { j["decoder"]["type"] = "WordPiece"; }, "decoder/type"},
        Damage{"Prefix", [](io::Json& j) { j["model"]["continuing_subword_prefix"] = "##"; },
               "model/continuing_subword_prefix"},
        Damage{"IgnoreMerges", [](io::Json& j) { j["model"]["ignore_merges"] = true; },
               "model/ignore_merges"},
        Damage{"NoPreTokenizer", [](io::Json& j) { j["pre_tokenizer"] = nullptr; }, "pre_tokenizer/type"},
        Damage{"OtherBehavior",
               [](io::Json& j) { j["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed"; },
               "pre_tokenizer/pretokenizers/0/behavior"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(TokenizerJsonTest, RefusesTooManyEntries) {
  Vocabulary vocabulary = base_vocabulary("");
  vocabulary.tokens.resize(kMaxVocabularySize + 1, "x");
  EXPECT_THAT(complaint(to_tokenizer_json(vocabulary)), HasSubstr("65537 entries"));
}

TEST(TokenizerJsonTest, RefusesATokenTwice) {
  std::string json = to_tokenizer_json(test::sample_vocabulary());
  const std::string_view entry = "\"tu\": ";
  json.insert(json.find(entry), "\"tu\": 264,\n");
  EXPECT_THAT(complaint(json), HasSubstr("model/vocab"));
}

TEST(TokenizerJsonTest, ComplaintsStayShort) {
  io::Json json = sample_json();
  json["model"]["vocab"].erase("!");
  json["model"]["vocab"][std::string(1 << 20, ' ')] = 8;
  EXPECT_LT(complaint(json).size(), 500U);
  EXPECT_LT(complaint(std::string(1 << 24, 'a')).size(), 500U);
  EXPECT_LT(complaint("\"" + std::string(1 << 24, 'a') + "\"").size(), 500U);
}

TEST(TokenizerJsonTest, RefusesAPatternThatDoesNotCompile) {
  const std::string json = to_tokenizer_json(test::sample_vocabulary("[0-9"));
  try {
    Tokenizer::parse(json, "bad.json");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kBadData);
    EXPECT_THAT(error.what(), HasSubstr("bad.json"));
    EXPECT_THAT(error.what(), HasSubstr("pattern"));
  }
}

TEST(TokenizerJsonTest, CompanionsAreJson) {
  EXPECT_EQ(io::Json::parse(tokenizer_config_json())["pad_token"], "<|pad|>");
  EXPECT_EQ(io::Json::parse(special_tokens_map_json())["mask_token"], "<|mask|>");
}

}  // namespace
}  // namespace palimpsest::tokens
