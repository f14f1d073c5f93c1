#include "evaluate/report_page.h"

#include <gtest/gtest.h>

namespace palimpsest::evaluate {
namespace {

TEST(ReportPageTest, CurvesAreThinnedToMeansAndKeepEveryValidation) {
  std::vector<io::Json> metrics;
  for (int step = 0; step < 1000; ++step) {
    metrics.push_back({{"kind", "step"}, {"step", step}, {"nelbo", step}, {"stage", step < 500 ? "a" : "b"}});
    if (step % 100 == 0) metrics.push_back({{"kind", "validation"}, {"step", step}});
  }
  const io::Json curves = training_curves(metrics, 100);
  ASSERT_EQ(curves.at("steps").size(), 100U);
  EXPECT_EQ(curves.at("steps")[0].at("step"), 9);
  EXPECT_DOUBLE_EQ(curves.at("steps")[0].at("nelbo").get<double>(), 4.5);
  EXPECT_EQ(curves.at("validations").size(), 10U);
  EXPECT_TRUE(training_curves({}, 100).at("steps").empty());
}

TEST(ReportPageTest, TextFromRepositoriesCannotEndTheScript) {
  const io::Json scores = {{"infill", {{"before", "</script><script>alert(1)</script>/*REPORT_DATA*/"}}}};
  const std::string page = report_page(scores, {});
  EXPECT_EQ(page.find("</script><script>alert"), std::string::npos);
  EXPECT_NE(page.find("<\\/script><script>alert"), std::string::npos);
  EXPECT_EQ(page.find("/*CHART_LIBRARY*/"), std::string::npos);
  EXPECT_EQ(page.find("http://"), page.find("http://www.w3.org"));  // nothing is loaded from elsewhere
}

}  // namespace
}  // namespace palimpsest::evaluate
