#include "tokenize/inherited_vocabulary.h"

#include <gtest/gtest.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::tokenize {
namespace {

class InheritedVocabularyTest : public ::testing::Test {
 protected:
  tokens::Vocabulary inherit(const std::string& json, std::size_t max_entries = 1000) {
    io::write_file_atomically(directory_.path() / tokens::kTokenizerFile, json);
    return inherit_vocabulary(directory_.path(), "[0-9]", max_entries);
  }

  test::TemporaryDirectory directory_;
};

std::string model(const std::string& merges) {
  return R"({"model": {"type": "BPE", "vocab": {}, "merges": )" + merges + "}}";
}

TEST_F(InheritedVocabularyTest, TakesMergesInBothSpellings) {
  for (const char* merges : {R"([["a","b"],["Ġ","ab"],["c","d"]])", R"(["a b","Ġ ab","c d"])"}) {
    const tokens::Vocabulary vocabulary = inherit(model(merges), tokens::kBaseVocabularySize + 2);
    ASSERT_EQ(vocabulary.tokens.size(), tokens::kBaseVocabularySize + 2);
    EXPECT_EQ(vocabulary.tokens.back(), " ab");
    EXPECT_EQ(vocabulary.merges.size(), 2U);
    EXPECT_EQ(vocabulary.pattern, "[0-9]");
  }
}

TEST_F(InheritedVocabularyTest, OneClearErrorForEachImpossibleFile) {
  for (const std::string& json :
       {std::string("not JSON"), std::string("{}"), model("[]"), model("7"), model(R"([["a"]])"),
        model(R"(["ab"])"), model(R"([["ab","c"]])"), model(R"([["語","c"]])"),
        std::string(R"({"model": {"type": "Unigram", "merges": [["a","b"]]}})"),
        model(R"([["<","|"],["e","n"],["en","d"],["<|","end"],["|",">"],["<|end","|>"]])")}) {
    try {
      inherit(json);
      ADD_FAILURE() << json;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData) << json;
      EXPECT_NE(std::string(error.what()).find(tokens::kTokenizerFile), std::string::npos) << error.what();
    }
  }
  try {
    inherit_vocabulary(directory_.path() / "missing", "", 1000);
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::kEnvironment);
  }
}

}  // namespace
}  // namespace palimpsest::tokenize
