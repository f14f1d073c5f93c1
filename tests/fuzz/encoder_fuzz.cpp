// A vocabulary and a text from the input: encoding equals merging, decoding gives the text back.
#include <algorithm>
#include <vector>

#include "common/tokens/bpe_encoder.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/tokens/random_vocabulary.h"

void palimpsest::fuzz::run_one(std::string_view bytes) {
  using namespace tokens;
  Input input(bytes);
  base::Random random({input.below(65536)});
  static constexpr std::string_view kLetters = "ab\n 1<|end";
  const std::size_t letters = 1 + input.below(kLetters.size());
  const char* const patterns[] = {"", "[0-9]{1,3}", " ?b+|\n", "(?=a)|ab"};
  const Vocabulary vocabulary = test::random_vocabulary(random, kLetters.substr(0, letters), input.below(40),
                                                        1 + input.below(12), patterns[input.below(4)]);
  const bool spells = std::any_of(vocabulary.tokens.begin(), vocabulary.tokens.end(), spells_special);
  if (spells) return;
  const Tokenizer tokenizer = Tokenizer::parse(to_tokenizer_json(vocabulary), "made up");
  std::string text = as_utf8(input.rest());
  if (random.below(2) == 0) {
    for (char& c : text)
      if (static_cast<unsigned char>(c) < 0x80) c = kLetters[static_cast<unsigned char>(c) % letters];
  }
  std::vector<std::string_view> pieces;
  tokenizer.pre_tokenizer().split(text, pieces);
  BpeScratch scratch;
  std::vector<TokenId> by_merging;
  for (const std::string_view piece : pieces) tokenizer.bpe().encode_by_merging(piece, scratch, by_merging);
  const std::vector<TokenId> ids = tokenizer.encode(text);
  check(ids == by_merging, "other ids than by merging");
  check(tokenizer.count(text) == ids.size(), "another count");
  check(tokenizer.decode(ids) == text, "other text after a round trip");
  const std::size_t begin = random.below(text.size() + 1);
  const std::size_t end = begin + random.below(text.size() - begin + 1);
  const HealedHole hole = tokenizer.heal(text, begin, end);
  std::vector<TokenId> joined = hole.left;
  joined.insert(joined.end(), hole.inside.begin(), hole.inside.end());
  joined.insert(joined.end(), hole.right.begin(), hole.right.end());
  check(joined == ids && hole.begin <= begin && hole.end >= end, "a hole that changes the encoding");
  // Bytes that are no UTF-8 come back too.
  const EncodeOptions any{.allowed_specials = {}, .broken_utf8 = BrokenUtf8::kBytes};
  check(tokenizer.decode(tokenizer.encode(bytes, any)) == bytes, "other bytes after a round trip");
}
