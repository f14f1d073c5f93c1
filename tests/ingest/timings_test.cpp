#include "ingest/timings.h"

#include <gtest/gtest.h>

namespace palimpsest::ingest {
namespace {

TEST(TimingsTest, ListsTheSlowestFirst) {
  Timings timings;
  for (int i = 0; i < 30; ++i) timings.add_file("f" + std::to_string(i), i);
  EXPECT_EQ(timings.measure("process", "a", [] { return 7; }), 7);
  const io::Json json = timings.to_json();
  EXPECT_TRUE(json.at("seconds_by_phase").contains("process"));
  EXPECT_EQ(json.at("slowest_sources").size(), 1U);
  ASSERT_EQ(json.at("slowest_files").size(), 20U);
  EXPECT_EQ(json.at("slowest_files").at(0).at("file"), "f29");
}

TEST(TimingsTest, PeopleSeeOnlySlowFiles) {
  Timings timings;
  timings.add_file("quick.ts", 0.01);
  EXPECT_EQ(timings_text(timings.to_json()).find("quick.ts"), std::string::npos);
  timings.add_file("slow.ts", 2);
  EXPECT_NE(timings_text(timings.to_json()).find("slow: 2.0 s slow.ts\n"), std::string::npos);
}

}  // namespace
}  // namespace palimpsest::ingest
