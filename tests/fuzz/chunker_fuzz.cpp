// Texts as TypeScript and TSX: parsed within bounds, cut into chunks that tile.
#include "common/syntax/parse_memory.h"
#include "ingest/chunker.h"
#include "ingest/syntax_facts.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

/// Code points of [begin, end) other than ASCII white space, by decoding.
std::uint64_t slow_count(std::string_view text) {
  std::uint64_t count = 0;
  for (const char c : text) {
    const bool starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    count += starts && std::string_view(" \t\n\v\f\r").find(c) == std::string_view::npos ? 1 : 0;
  }
  return count;
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view bytes) {
  using namespace ingest;
  using namespace syntax;
  static const bool once = (use_parse_memory(), true);
  check(once, "no parse memory");
  Input input(bytes);
  const auto budget = static_cast<std::uint32_t>(1 + input.below(300));
  const Grammar grammar = input.byte() % 2 == 0 ? Grammar::kTypeScript : Grammar::kTsx;
  const std::string text = as_utf8(input.rest());
  SyntaxParser parser;
  const std::optional<SyntaxTree> tree = parser.parse(text, grammar);
  if (!tree) return;
  std::uint64_t end = 0;
  for (const io::Chunk& chunk : chunk_text(text, *tree, budget)) {
    check(chunk.begin == end && chunk.end > end && chunk.end <= text.size(), "chunks do not tile");
    const auto first = static_cast<unsigned char>(text[chunk.begin]);
    check((first & 0xC0) != 0x80, "cut inside a code point");
    check(slow_count(std::string_view(text).substr(chunk.begin, chunk.end - chunk.begin)) <= budget,
          "above the budget");
    end = chunk.end;
  }
  check(end == text.size(), "chunks do not cover the text");
  collect_facts(text, *tree);
}
