#include "ingest/token_forms.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "ingest/secrets.h"

namespace palimpsest::ingest {
namespace {

constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdef";

std::string alnum() {
  return std::string(kUpper) + std::string(kLower) + std::string(kDigits);
}

struct Part {
  std::string text;  // fixed, or an alphabet if `length` is not 0
  std::size_t length = 0;
};

/// How issuers make tokens, written down apart from the rules that find them.
std::vector<std::vector<Part>> issuers() {
  const std::string word = alnum() + "_-";
  const std::string base32 = std::string(kUpper) + "234567";
  const std::string letters = std::string(kUpper) + std::string(kLower);
  const std::string hex(kHex);
  const std::string digits(kDigits);
  const std::string upper = std::string(kUpper) + digits;
  return {
      {{"AKIA"}, {base32, 16}},
      {{"ASIA"}, {base32, 16}},
      {{"ghp_"}, {alnum(), 36}},
      {{"gho_"}, {alnum(), 36}},
      {{"ghs_"}, {alnum(), 36}},
      {{"github_pat_"}, {alnum(), 22}, {"_"}, {alnum(), 59}},
      {{"glpat-"}, {word, 20}},
      {{"glptt-"}, {hex, 40}},
      {{"AIza"}, {word, 35}},
      {{"GOCSPX-"}, {word, 28}},
      {{"ya29."}, {word, 120}},
      {{"sk-"}, {alnum(), 20}, {"T3BlbkFJ"}, {alnum(), 20}},
      {{"sk-proj-"}, {word, 74}},
      {{"sk-ant-api03-"}, {word, 93}, {"AA"}},
      {{"hf_"}, {letters, 34}},
      {{"gsk_"}, {alnum(), 52}},
      {{"xoxb-"}, {digits, 12}, {"-"}, {digits, 12}, {"-"}, {alnum(), 24}},
      {{"xapp-1-A"}, {upper, 10}, {"-"}, {digits, 13}, {"-"}, {hex, 64}},
      {{"hooks.slack.com/services/T"}, {upper, 8}, {"/B"}, {upper, 8}, {"/"}, {alnum(), 24}},
      {{"discord.com/api/webhooks/"}, {digits, 18}, {"/"}, {word, 68}},
      {{"sk_live_"}, {alnum(), 24}},
      {{"rk_live_"}, {alnum(), 99}},
      {{"whsec_"}, {alnum(), 32}},
      {{"SG."}, {word, 22}, {"."}, {word, 43}},
      {{"SK"}, {hex, 32}},
      {{"npm_"}, {alnum(), 36}},
      {{"pypi-AgEIcHlwaS5vcmc"}, {word, 120}},
      {{"rubygems_"}, {hex, 48}},
      {{"dop_v1_"}, {hex, 64}},
      {{"shpat_"}, {hex, 32}},
      {{"sq0csp-"}, {word, 43}},
      {{"dapi"}, {hex, 32}},
      {{"dp.pt."}, {alnum(), 43}},
      {{"glsa_"}, {alnum(), 32}, {"_"}, {hex, 8}},
      {{"lin_api_"}, {alnum(), 40}},
      {{"ntn_"}, {alnum(), 46}},
      {{"PMAK-"}, {hex, 24}, {"-"}, {hex, 34}},
      {{"NRAK-"}, {upper, 27}},
      {{"sntryu_"}, {hex, 64}},
      {{"sbp_"}, {hex, 40}},
      {{"hvs."}, {word, 95}},
      {{"figd_"}, {word, 40}},
      {{"dckr_pat_"}, {word, 27}},
      {{"pat"}, {alnum(), 14}, {"."}, {hex, 64}},
      {{"r8_"}, {alnum(), 37}},
      {{"re_"}, {alnum(), 8}, {"_"}, {alnum(), 24}},
      {{"AGE-SECRET-KEY-1"}, {std::string("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"), 58}},
      {{"ATATT3"}, {word, 186}},
      {{"pscale_tkn_"}, {word, 43}},
      {{"nfp_"}, {alnum(), 36}},
  };
}

std::string make_token(const std::vector<Part>& parts, base::Random& random) {
  std::string token;
  for (const Part& part : parts) {
    if (part.length == 0) token += part.text;
    for (std::size_t i = 0; i < part.length; ++i) token += part.text[random.below(part.text.size())];
  }
  return token;
}

TEST(TokenForms, FindsTheTokensOfKnownIssuers) {
  constexpr int kEach = 200;
  base::Random random({42});
  double found_of_all = 0;
  for (const std::vector<Part>& parts : issuers()) {
    int found = 0;
    for (int i = 0; i < kEach; ++i) {
      const std::string token = make_token(parts, random);
      const std::string text = "const key = \"" + token + "\";\n";
      const std::vector<Secret> secrets = find_secrets(text);
      if (secrets.size() == 1 && text.substr(secrets[0].begin, secrets[0].end - secrets[0].begin) == token)
        ++found;
    }
    EXPECT_GE(found, 0.95 * kEach) << parts[0].text;
    found_of_all += found;
  }
  const double recall = found_of_all / (kEach * static_cast<double>(issuers().size()));
  RecordProperty("recall", std::to_string(recall));
  EXPECT_GE(recall, 0.99);
}

TEST(TokenForms, LeavesNamesHashesAndExamplesAlone) {
  base::Random random({43});
  const std::string hash = make_token({{std::string(kHex), 64}}, random);
  const std::string base64 = make_token({{alnum() + "+/", 200}}, random);
  for (const std::string& text :
       {std::string("AKIAIOSFODNN7EXAMPLE"), "sha512-" + base64, hash, "data:image/png;base64," + base64,
        std::string("sk-loading-spinner-with-a-long-class-name-2x"),
        std::string("secret_manager_client_options"),
        std::string("pattern.replace.something.very.long.that.goes.on.and.on.until.it.has.79.characters.x"),
        std::string("re_renders_when_the_parent_component_2_updates"),
        std::string("hf_someVeryLongNameOfAVariableInCode"),
        std::string("SKIPPED_BECAUSE_OF_AN_ERROR_IN_LINE_32"),
        std::string("npm_config_registry_and_other_variables_2"),
        std::string("pk_live_") + "51H0000000000000000000000",
        std::string("550e8400-e29b-41d4-a716-446655440000"), "x" + std::string("AKIA") + "ABCDEFGHIJ234567",
        std::string("AKIA") + "ABCDEFGHIJ234567ABCDEF"}) {
    EXPECT_TRUE(find_secrets("const a = '" + text + "';\n").empty()) << text;
  }
}

TEST(TokenForms, PrefixesHaveTwoCharacters) {
  std::size_t prefixes = 0;
  for_each_token_prefix([&](std::string_view prefix) {
    EXPECT_GE(prefix.size(), 2U) << prefix;
    ++prefixes;
  });
  EXPECT_GT(prefixes, 50U);
}

TEST(TokenForms, TokenCharacters) {
  EXPECT_TRUE(is_token_char('-'));
  EXPECT_FALSE(is_token_char('.'));
}

}  // namespace
}  // namespace palimpsest::ingest
