// The hand-written splitters of the presets against PCRE2.
#include <array>
#include <vector>

#include "common/tokens/pre_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace tokens;
  struct Pair {
    explicit Pair(std::string_view pattern)
        : ours(std::string(pattern), "preset"), pcre2("(?:" + std::string(pattern) + ")", "preset") {}
    PreTokenizer ours;
    PreTokenizer pcre2;  // only the exact text of a preset has a splitter
  };
  static const std::array pairs = {Pair(kCodePreset.stage1), Pair(kCodePreset.stage2),
                                   Pair(kSuperBpePreset.stage1), Pair(kSuperBpePreset.stage2)};
  const std::string text = as_utf8(input);
  for (const Pair& pair : pairs) {
    std::vector<std::string_view> ours;
    std::vector<std::string_view> expected;
    pair.ours.split(text, ours);
    pair.pcre2.split(text, expected);
    check(ours == expected, "another split than PCRE2's");
  }
}
