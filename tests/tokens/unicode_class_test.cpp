#include "common/tokens/unicode_class.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/tokens/pcre2_classes.h"

namespace palimpsest::tokens {
namespace {

TEST(UnicodeClassTest, EqualsPcre2ButForCharactersThatItDoesNotKnowYet) {
  std::size_t newer = 0;
  for (const test::Pcre2Class& known : test::pcre2_classes()) {
    const CharClass ours = class_of(known.point);
    if (ours == known.class_of) continue;
    ASSERT_FALSE(known.assigned) << std::hex << static_cast<std::uint32_t>(known.point);
    ++newer;
  }
  EXPECT_LT(newer, 20000U);
}

TEST(UnicodeClassTest, ReadsUtf8) {
  for (const test::Pcre2Class& known : test::pcre2_classes()) {
    std::size_t bytes = 0;
    const std::string text = test::utf8(known.point);
    ASSERT_EQ(class_at(text, 0, bytes), class_of(known.point));
    ASSERT_EQ(bytes, text.size());
  }
}

}  // namespace
}  // namespace palimpsest::tokens
