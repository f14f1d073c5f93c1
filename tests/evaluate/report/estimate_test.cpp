#include "evaluate/report/estimate.h"

#include <cmath>

#include <gtest/gtest.h>

#include "evaluate/report/number_format.h"

namespace palimpsest::evaluate {
namespace {

TEST(EstimateTest, IntervalsInEveryForm) {
  const io::Json forms = io::Json::parse(R"([
    {"b": {"value": 2, "low": 1, "high": 3}}, {"b": {"mean": 2, "low": 1, "high": 3}},
    {"b": 2, "b_low": 1, "b_high": 3}, {"b": 2, "b_interval": {"low": 1, "high": 3}}, {"b": 2, "b_ci": [1, 3]}])");
  for (const io::Json& form : forms) {
    const Estimate estimate = estimate_at(form, "b");
    EXPECT_EQ(shown(estimate, 1), "2.0 (1.0 to 3.0)") << form;
  }
}

TEST(EstimateTest, AbsentOrOfAnotherTypeIsUnknown) {
  for (const char* json :
       {"{}", "[]", "null", "3", "\"x\"", R"({"b": "2"})", R"({"b": null})", R"({"b": [1]})"}) {
    EXPECT_FALSE(estimate_at(io::Json::parse(json), "b").known()) << json;
  }
  EXPECT_EQ(shown(estimate_at(io::Json::parse(R"({"b": 2, "b_ci": [3]})"), "b"), 2), "2.00");
  EXPECT_TRUE(std::isnan(number_at(io::Json::parse("[[1]]"), {"0", "1"})));
  EXPECT_EQ(number_at(io::Json::parse("[[1]]"), {"0", "0"}), 1);
  EXPECT_TRUE(at_path(io::Json::parse("[1]"), {"99999999999999999999"}).is_null());
}

TEST(NumberFormatTest, NumbersAsPrinted) {
  EXPECT_EQ(fixed(-0.333, 2), "−0.33");
  EXPECT_EQ(fixed(-0.001, 2), "0.00");
  EXPECT_EQ(fixed(NAN, 2), kNoValue);
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(-1000), "−1,000");
  EXPECT_EQ(difference(0.126, 2), "+0.13");
  EXPECT_EQ(difference(-0.001, 2), "±0");
  EXPECT_EQ(byte_size(999), "999 B");
  EXPECT_EQ(byte_size(970915), "971 kB");
  EXPECT_EQ(byte_size(1881837), "1.88 MB");
  EXPECT_EQ(compact(6443719), "6.44 M");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace palimpsest::evaluate
