#include "evaluate/report/report_page.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace palimpsest::evaluate {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The page without style and scripts, which name every section.
std::string body_of(const std::string& page) {
  const std::size_t begin = page.find("<body>");
  return page.substr(begin, page.find("<script", begin) - begin);
}

ReportRun scored_run() {
  ReportRun run;
  run.name = "made up";
  run.scores = io::Json::parse(R"({
    "labels": ["core", "nestjs"], "step": 50, "split": "valid",
    "overall": {"mean_bits_per_byte": 2.25, "unigram_mean_bits_per_byte": 3.0, "bits_per_byte": 2.2},
    "families": {"core": {"bits_per_byte": 2.5, "bits_per_byte_low": 2.4, "bits_per_byte_high": 2.6,
                          "unigram_bits_per_byte": 3.1},
                 "nestjs": {"bits_per_byte": 2.0, "unigram_bits_per_byte": 2.9}},
    "baselines": {"xz": {"bits_per_byte": 2.7, "families": {"core": 2.8}}},
    "routing": {"specialization": {"core": 1, "nestjs": 0, "mean": 0.5}, "share_by_layer": [[[1, 0], [0.5, 0.5]]]},
    "forced_experts": {"bits_per_byte": [[2.4, 2.6], [2.1, null]], "own_expert_gain_nats": {"core": 0.2}}})");
  return run;
}

TEST(ReportPageTest, SectionsAppearOnlyWithTheirData) {
  const std::string all = body_of(report_page({scored_run()}, {}));
  for (const char* id : {"\"scores\"", "\"routing\"", "\"forced\""}) EXPECT_THAT(all, HasSubstr(id));
  for (const char* id : {"id=\"training\"", "id=\"corpus\"", "id=\"infill\"", "id=\"tokenizer\""}) {
    EXPECT_THAT(all, Not(HasSubstr(id)));
  }
  EXPECT_THAT(all, HasSubstr("made up: 2.250 bits per byte after 50 steps"));
  EXPECT_THAT(all, HasSubstr("25 % fewer bits"));
  EXPECT_THAT(all, HasSubstr("2.500 (2.400 to 2.600)"));
  EXPECT_THAT(all, HasSubstr("xz, bits/byte"));
  EXPECT_THAT(all, HasSubstr("<td class=\"q10 own\">100 %</td>"));
  EXPECT_THAT(all, HasSubstr("▾ 2.400"));
}

TEST(ReportPageTest, ProbeStandsBesideTheRouter) {
  ReportRun run = scored_run();
  const auto page = [&] { return body_of(report_page({run}, {})); };
  EXPECT_THAT(page(), Not(HasSubstr("id=\"probe\"")));
  run.routing = io::Json::parse(R"({
    "labels": ["core", "nestjs"],
    "router": {"specialization": {"core": {"value": 0.25, "low": 0.13, "high": 0.38}, "mean": null}},
    "probe": {"all": {"masked_specialization": {"core": 0.75}}, "header": null},
    "forced_experts": {"nats_per_token": [[{"value": 5.5, "low": 5.25, "high": 5.75}, 6], [null]],
                       "own_expert_gain_nats": {"core": {"value": 0.5, "low": 0.375, "high": 0.625}}}})");
  EXPECT_THAT(page(), HasSubstr("id=\"probe\""));
  EXPECT_THAT(page(), HasSubstr("0.25 (0.13 to 0.38)"));
  EXPECT_THAT(page(), HasSubstr("<td>0.75</td>"));
  EXPECT_THAT(page(), HasSubstr("5.500 (5.250 to 5.750)"));
  EXPECT_THAT(page(), HasSubstr("0.500 (0.375 to 0.625)"));
}

TEST(ReportPageTest, AnyPartMayBeMissingOrOfAnotherType) {
  const io::Json whole = scored_run().scores;
  for (const auto& [key, value] : whole.items()) {
    for (const io::Json& instead :
         {io::Json(nullptr), io::Json("text"), io::Json(7), io::Json::array({1, nullptr, "x"}),
          io::Json::object({{"core", io::Json::array()}})}) {
      ReportRun run = scored_run();
      run.scores[key] = instead;
      EXPECT_THAT(report_page({run}, {}), HasSubstr("</html>")) << key << " = " << instead;
      EXPECT_THAT(report_page({run, scored_run()}, {}), HasSubstr("</html>")) << key << " = " << instead;
      for (io::Json ReportRun::*part : {&ReportRun::model, &ReportRun::routing, &ReportRun::documents,
                                        &ReportRun::tokenizer, &ReportRun::shards, &ReportRun::scores}) {
        ReportRun odd;
        odd.*part = instead;
        EXPECT_THAT(report_page({odd}, {{"file", instead}}), HasSubstr("</html>"));
      }
    }
  }
}

TEST(ReportPageTest, SeveralRunsShowDifferences) {
  ReportRun other = scored_run();
  other.name = "other";
  other.scores["overall"]["mean_bits_per_byte"] = 2.15;
  const std::string page = body_of(report_page({scored_run(), other}, {}));
  EXPECT_THAT(page, HasSubstr("made up and other, compared"));
  EXPECT_THAT(page, HasSubstr("2.150<span class=\"difference\"> (−0.100)</span>"));
}

TEST(ReportPageTest, CurvesAreInTheDataBlockAndInATable) {
  ReportRun run;
  run.name = "curves";
  for (int step = 0; step < 5000; ++step) {
    run.metrics.steps["bits_per_byte"].push_back({static_cast<double>(step), 3 - step / 5000.0});
  }
  run.metrics.steps["bits_per_byte"][7].value = std::numeric_limits<double>::quiet_NaN();
  run.metrics.last_step = 4999;
  const std::string page = report_page({run}, {});
  EXPECT_THAT(page, HasSubstr("Bits per byte over 5,000 training steps"));
  EXPECT_THAT(page, HasSubstr("[4999,2.0029,2.0002,2.0056]"));
  EXPECT_THAT(body_of(page), HasSubstr("<th scope=\"row\">4,999</th><td>2.003</td>"));
}

TEST(ReportPageTest, HolesShowConfidenceAndOrder) {
  const io::Json infill = io::Json::parse(R"({"holes": [{"fill": "a<b", "tokens": [
    {"text": "a", "confidence": 0.9, "order": 1}, {"text": "<b\n ", "confidence": 0.1, "order": 0}],
    "experts": {"nestjs": 0.75}}]})");
  ReportRun run = scored_run();
  const std::string page = body_of(report_page({run}, {{"hole.json", infill}}));
  EXPECT_THAT(page, HasSubstr("<ruby class=\"t q9\" data-order=\"2\">a<rt>2</rt></ruby>"));
  EXPECT_THAT(page, HasSubstr("<ruby class=\"t q1\" data-order=\"1\">&lt;b⏎<rt>1</rt></ruby>\n "));
  EXPECT_THAT(page, HasSubstr("Router: nestjs 75 %"));
}

TEST(ReportPageTest, NothingIsLoadedAndOnlyHashedCodeRuns) {
  const std::string page = report_page({scored_run()}, {});
  EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(page, HasSubstr(kReportMark));
  EXPECT_THAT(page, HasSubstr("Permission to use, copy, modify"));  // the libraries' licence
  for (const char* loading : {" src=\"", "<link", "@import", "url(http"})
    EXPECT_THAT(page, Not(HasSubstr(loading)));
}

}  // namespace
}  // namespace palimpsest::evaluate
