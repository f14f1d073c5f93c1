#include "evaluate/report/markup.h"

#include <gtest/gtest.h>

namespace palimpsest::evaluate {
namespace {

TEST(MarkupTest, TextCannotLeaveItsPlace) {
  EXPECT_EQ(text("</script><b a=\"x\" c='y'>&").html(),
            "&lt;/script&gt;&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(element("i", {{"title", "\"><script>"}}, text("<")).html(),
            "<i title=\"&quot;&gt;&lt;script&gt;\">&lt;</i>");
}

TEST(MarkupTest, WhatCannotBeSeenIsShown) {
  EXPECT_EQ(clean_text(std::string_view("a\0b\x07\x7f\t\n", 7)), "a␀b␇␡\t\n");
  EXPECT_EQ(clean_text("\u202Eevil\u2066\u200F"), "⟨U+202E⟩evil⟨U+2066⟩⟨U+200F⟩");
  EXPECT_EQ(clean_text("\xC2\x85"), "⟨U+0085⟩");
}

TEST(MarkupTest, TextIsValidUtf8) {
  EXPECT_EQ(clean_text("é€😀"), "é€😀");
  EXPECT_EQ(clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a lone surrogate
  EXPECT_EQ(clean_text("a\xFFz\xC3"), "a\uFFFDz\uFFFD");
  EXPECT_EQ(clean_text("\xC0\xAF\xF5\x80\x80\x80"),
            "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");  // overlong, too large
}

TEST(MarkupTest, EveryByteStringBecomesCleanAndStaysSo) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      const std::string once = clean_text(bytes);
      EXPECT_EQ(clean_text(once), once);
      EXPECT_EQ(text(bytes).html().find_first_of("<>\"'"), std::string::npos);
    }
  }
}

TEST(MarkupTest, JsonCannotEndTheScript) {
  const io::Json json = {{"</script>", {"<!--", "&", "\u202E", "\xFF"}}};
  const std::string script = script_json(json);
  EXPECT_EQ(script.find_first_of("<>&"), std::string::npos);
  const io::Json back = io::Json::parse(script);
  EXPECT_EQ(back.at("</script>"), io::Json({"<!--", "&", "⟨U+202E⟩", "\uFFFD"}));
}

}  // namespace
}  // namespace palimpsest::evaluate
