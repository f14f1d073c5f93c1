#include "ingest/chunker.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

std::vector<io::Chunk> chunk(std::string_view text, std::uint32_t budget,
                             syntax::Grammar grammar = syntax::Grammar::kTypeScript) {
  return chunk_text(text, test::parse(text, grammar), budget);
}

std::string_view text_of(std::string_view text, const io::Chunk& chunk) {
  return text.substr(chunk.begin, chunk.end - chunk.begin);
}

/// Counts by decoding; the slow twin of NonWhiteIndex.
std::uint64_t slow_count(std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (std::string_view(" \t\n\v\f\r").find(text[i]) == std::string_view::npos) ++count;
    i += length;
  }
  return count;
}

void expect_tiling(std::string_view text, std::uint32_t budget, const std::string& name,
                   syntax::Grammar grammar = syntax::Grammar::kTypeScript) {
  std::uint64_t position = 0;
  for (const io::Chunk& item : chunk(text, budget, grammar)) {
    ASSERT_EQ(item.begin, position) << name;
    ASSERT_GT(item.end, item.begin) << name;
    ASSERT_LE(item.end, text.size()) << name;
    const std::string_view part = text_of(text, item);
    ASSERT_NE(static_cast<unsigned char>(part[0]) & 0xC0, 0x80) << name << ": cut inside a code point";
    ASSERT_LE(slow_count(part), budget) << name;
    ASSERT_FALSE(item.kind.empty()) << name;
    position = item.end;
  }
  ASSERT_EQ(position, text.size()) << name;
}

std::string repeat(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(ChunkerTest, HostileTextsTile) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"empty", ""},
      {"white", " \n\t \n"},
      {"one byte", "x"},
      {"70,000 children", repeat("x;\n", 70'000)},
      {"70,000 elements on a line", "const a = [" + repeat("1,", 70'000) + "];"},
      {"100,000 nested brackets", "const a = " + std::string(100'000, '[') + std::string(100'000, ']') + ";"},
      {"open brackets", std::string(100'000, '(')},
      {"nested functions", repeat("function f(){", 20'000) + repeat("}", 20'000)},
      {"one long string", "const s = '" + repeat("\xC3\xA9", 50'000) + "';"},
      {"one long comment", "/*" + repeat(" \xE6\x97\xA5\xF0\x9F\x98\x80\n", 20'000) + "*/ const a = 1;"},
      {"template", "const t = `" + repeat("text ${a + `${b}`}\n", 5'000) + "`;"},
      {"operators", repeat("a+", 50'000) + "a"},
      {"not typescript", repeat("%%% ((( <<< \"'` \n", 3'000)},
      {"white tail", "const a = 1;" + std::string(5'000, '\n')},
      {"carriage returns", repeat("const a = 1;\r\n", 3'000)},
      {"byte order mark", "\xEF\xBB\xBF" + repeat("const a = 1;\n", 300)},
  };
  for (const auto& [name, text] : texts) {
    for (const std::uint32_t budget : {16U, 100U, 1500U}) expect_tiling(text, budget, name);
  }
}

TEST(ChunkerTest, RandomTextsTile) {
  static const std::vector<std::string> kWords = {"class A {",
                                                  "}",
                                                  "function f(a: number) {",
                                                  "/** doc */\n",
                                                  "@Dec()\n",
                                                  "if (x) {",
                                                  "return `a${b}`;\n",
                                                  "\n\n",
                                                  "// c\n",
                                                  "const \xC3\xA9 = <div>text</div>;\n",
                                                  "import { a } from 'b';\n",
                                                  "(",
                                                  ")",
                                                  "[",
                                                  "]",
                                                  "'string'",
                                                  "x",
                                                  "=>",
                                                  ",",
                                                  ";\n",
                                                  " ",
                                                  "export default ",
                                                  "\xF0\x9F\x98\x80"};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    base::Random random({seed});
    std::string text;
    for (std::uint64_t words = random.below(300); words > 0; --words)
      text += kWords[random.below(kWords.size())];
    const auto budget = static_cast<std::uint32_t>(16 + random.below(200));
    expect_tiling(text, budget, "seed " + std::to_string(seed),
                  seed % 2 == 0 ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript);
  }
}

TEST(ChunkerTest, SmallFilesAreOneChunk) {
  const std::string text = "// header\n\nimport a from 'a';\nexport class A {}\n";
  const auto chunks = chunk(text, 1500);
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].kind, "class_declaration");
  EXPECT_EQ(chunks[0].scope, "");
}

TEST(ChunkerTest, CommentsAndDecoratorsStayWithTheirOwner) {
  const std::string body = " { return " + std::string(60, '1') + "; }\n";
  const std::string text = "class Service {\n  /** First. */\n  @Get()\n  first()" + body +
                           "  // second\n  @Post('x')\n  second()" + body + "  third()" + body + "}\n";
  const auto chunks = chunk(text, 130);
  ASSERT_EQ(chunks.size(), 3U);
  EXPECT_TRUE(text_of(text, chunks[0]).starts_with("class Service {\n  /** First. */\n  @Get()\n  first()"));
  EXPECT_TRUE(text_of(text, chunks[1]).starts_with("  // second\n  @Post('x')\n  second()"));
  EXPECT_TRUE(text_of(text, chunks[2]).ends_with("}\n}\n"));
  EXPECT_EQ(chunks[0].kind, "class_declaration");
  EXPECT_EQ(chunks[1].kind, "method_definition");
  EXPECT_EQ(chunks[1].scope, "Service");
}

TEST(ChunkerTest, ScopesAreChains) {
  const std::string call = "    call(" + std::string(80, 'x') + ");\n";
  const std::string text = "export class Outer {\n  method() {\n" + repeat(call, 5) + "  }\n}\n";
  const auto chunks = chunk(text, 100);
  ASSERT_GE(chunks.size(), 4U);
  EXPECT_EQ(chunks[0].scope, "");
  EXPECT_EQ(chunks[2].scope, "Outer.method");
  EXPECT_EQ(chunks[2].kind, "expression_statement");
}

TEST(ChunkerTest, CutsALargeLeafAtALineEnd) {
  const std::string text = "const t = `" + repeat(std::string(30, 'a') + "\n", 20) + "`;\n";
  const auto chunks = chunk(text, 100);
  for (std::size_t i = 1; i + 1 < chunks.size(); ++i)
    EXPECT_TRUE(text_of(text, chunks[i]).ends_with("\n")) << i;
}

}  // namespace
}  // namespace palimpsest::ingest
