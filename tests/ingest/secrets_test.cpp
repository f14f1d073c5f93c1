#include "ingest/secrets.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "ingest/personal_data.h"

namespace palimpsest::ingest {
namespace {

/// Made at run time, so that nothing in this repository looks like a credential.
std::string random_text(std::size_t length, std::uint64_t seed = 1) {
  static constexpr std::string_view kChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  base::Random random({seed});
  std::string text;
  while (text.size() < length) text += kChars[random.below(kChars.size())];
  return text;
}

std::string kinds(const std::string& text) {
  std::string names;
  for (const Secret& secret : find_secrets(text)) names += std::string(secret_kind_name(secret.kind)) + " ";
  return names;
}

std::string quoted(const std::string& value) {
  return "const a = '" + value + "';\n";
}

TEST(SecretsTest, FindsTokensByPrefixAndRandomness) {
  for (const char* prefix : {"ghp_", "npm_", "hf_", "glpat-", "xoxb-", "sk-", "sk_live_", "AIza"}) {
    EXPECT_EQ(kinds(quoted(prefix + random_text(40))), "token ") << prefix;
    EXPECT_EQ(kinds(quoted(prefix + std::string(40, 'x'))), "") << prefix;
    EXPECT_EQ(kinds(quoted("a" + std::string(prefix) + random_text(40))), "") << prefix << " inside a word";
    EXPECT_EQ(kinds(quoted(prefix + random_text(8))), "") << prefix << " too short";
  }
  EXPECT_EQ(kinds(quoted("sk-loading-spinner-with-a-long-class-name-2x")), "");
}

TEST(SecretsTest, FindsJwtsAndKeys) {
  const std::string jwt =
      std::string("ey") + "J" + random_text(20) + ".ey" + "J" + random_text(30) + "." + random_text(43);
  EXPECT_EQ(kinds(quoted(jwt)), "jwt ");
  EXPECT_EQ(kinds(quoted("ey" + std::string("J.eyJ.x"))), "");
  const std::string shown =
      std::string("ey") + "J" + random_text(20) + ".ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0." + random_text(43);
  EXPECT_EQ(kinds(quoted(shown)), "") << "the example of jwt.io";
  const std::string dashes(5, '-');
  const std::string begin = dashes + "BEGIN RSA PRIVATE KEY" + dashes;
  EXPECT_EQ(kinds("`" + begin + "\n" + random_text(64) + "\n" + random_text(64) + "\n" + dashes + "END RSA`"),
            "private_key ");
  const std::string pgp = dashes + "BEGIN PGP PRIVATE KEY BLOCK" + dashes;
  EXPECT_EQ(kinds("`" + pgp + "\n\n" + random_text(80) + "\n" + dashes + "END PGP`"), "private_key ");
  EXPECT_EQ(kinds("if (text.startsWith('" + begin + "')) {}"), "");
}

TEST(SecretsTest, FindsAddressesOfPeople) {
  const std::string at = "@";
  EXPECT_EQ(kinds("// by Jane <jane.roe" + at + "kiwi-mail.io>\n"), "email ");
  EXPECT_EQ(kinds(quoted("\\njane.roe" + at + "kiwi-mail.io")), "email ") << "behind an escape";
  for (const std::string& other : {"info" + at + "kiwi-mail.io",
                                   "superadmin" + at + "kiwi-mail.io",
                                   "jane" + at + "b.com",
                                   "a" + at + "b.cc",
                                   "jane" + at + "kiwi-.com",
                                   "jane" + at + "ki--wi.com",
                                   "jane" + at + "kiwi..com",
                                   "jane." + at + "kiwi.com",
                                   "ja..ne" + at + "kiwi.com",
                                   "aaaa" + at + "kiwi.com",
                                   "jane" + at + "my-example.com",
                                   "jane" + at + "mail.domain.tld",
                                   "jane" + at + "kiwi.internal",
                                   "icon" + at + "2x.png",
                                   "a" + at + "example.com",
                                   "git" + at + "github.com:a/b",
                                   "x" + at + "y",
                                   "@scope/name" + at + "1.2.3",
                                   "https://user" + at + "kiwi-mail.io/x",
                                   "a" + at + "B.Injectable"}) {
    EXPECT_EQ(kinds(quoted(other)), "") << other;
  }
}

TEST(SecretsTest, FindsPublicAddressesOfMachines) {
  EXPECT_EQ(kinds(quoted("51.15.77.201")), "ip_address ");
  EXPECT_EQ(kinds(quoted("http://51.15.77.201:8080/x")), "ip_address ");
  for (const char* other :
       {"10.0.0.1", "192.168.1.20", "127.0.0.1", "8.8.8.8", "1.2.3.4", "203.0.113.7", "300.1.1.1", "51.15.77",
        "51.15.77.201.3", "Chrome/51.15.77.201", "051.15.77.201"}) {
    EXPECT_EQ(kinds(quoted(other)), "") << other;
  }
}

TEST(SecretsTest, RedactingKeepsLengthAndShape) {
  std::string text = "// größe jane.roe@kiwi-mail.io 日本\n" + quoted("ghp_" + random_text(36));
  const std::string before = text;
  redact(text, find_secrets(text));
  EXPECT_EQ(text.size(), before.size());
  EXPECT_EQ(text.find("roe"), std::string::npos);
  EXPECT_NE(text.find("// größe xxxx.xxx@xxxx-xxxx.xx 日本\n"), std::string::npos);
  EXPECT_TRUE(find_secrets(text).empty() || find_secrets(text)[0].kind == SecretKind::kEmail);
}

TEST(SecretsTest, NeverLeavesTheText) {
  base::Random random({9});
  static constexpr std::string_view kParts = "@.-1a\n'Jey";
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (std::size_t length = random.below(60); text.size() < length;)
      text += kParts[random.below(kParts.size())];
    std::size_t last = 0;
    for (const Secret& secret : find_secrets(text)) {
      EXPECT_GE(secret.begin, last);
      EXPECT_GT(secret.end, secret.begin);
      EXPECT_LE(secret.end, text.size());
      last = secret.end;
    }
  }
}

}  // namespace
}  // namespace palimpsest::ingest
