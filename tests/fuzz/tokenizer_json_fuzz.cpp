// tokenizer.json from a stranger: what is accepted survives a round trip, and its encoder gives every text
// back.
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace tokens;
  Vocabulary vocabulary;
  if (!accepts([&] { vocabulary = parse_tokenizer_json(input, "input"); })) return;
  const std::string json = to_tokenizer_json(vocabulary);
  const Vocabulary again = parse_tokenizer_json(json, "again");
  check(again.tokens == vocabulary.tokens && again.merges == vocabulary.merges &&
            again.pattern == vocabulary.pattern,
        "another vocabulary after a round trip");
  const std::string text = as_utf8(input.substr(0, 200)) + "\n  return 123; <|end|>\n";
  accepts([&] {
    const Tokenizer tokenizer = Tokenizer::parse(json, "input");  // the pattern may not compile
    check(tokenizer.decode(tokenizer.encode(text)) == text, "other text after a round trip");
  });
}
