#include "common/io/json.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/error.h"

namespace palimpsest::io {
namespace {

TEST(JsonTest, WhatIsNoJsonIsBadData) {
  for (const char* text : {"", "{", "[1,]", "nul", "\"\xff\"", "{\"a\":1e999}", "1 2"}) {
    try {
      parse_json(text, "place");
      ADD_FAILURE() << text;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::kBadData) << text;
      EXPECT_NE(std::string(error.what()).find("place"), std::string::npos) << text;
    }
  }
  EXPECT_EQ(parse_json("{\"a\":1e308}", "place").at("a"), 1e308);
}

}  // namespace
}  // namespace palimpsest::io
