#include "evaluate/report_page.h"

#include <algorithm>
#include <string_view>

#include "common/base/error.h"

namespace palimpsest::embedded {
extern const std::string_view kReportTemplate;
extern const std::string_view kChartLibrary;
}  // namespace palimpsest::embedded

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kCurvePoints = 400;

/// Inside <script>, "</" could end the element early; JSON may escape the slash.
std::string script_safe(std::string json) {
  for (std::size_t at = 0; (at = json.find("</", at)) != std::string::npos; at += 3)
    json.replace(at, 2, "<\\/");
  return json;
}

void replace_mark(std::string& page, std::string_view mark, std::string_view text) {
  const std::size_t at = page.find(mark);
  if (at == std::string::npos)
    throw base::Error(base::ErrorCode::kBug, "report template lacks " + std::string(mark));
  page.replace(at, mark.size(), text);
}

}  // namespace

io::Json training_curves(const std::vector<io::Json>& metrics, std::size_t points) {
  std::vector<const io::Json*> steps;
  io::Json validations = io::Json::array();
  for (const io::Json& line : metrics) {
    if (line.value("kind", "") == "validation") validations.push_back(line);
    if (line.value("kind", "") == "step") steps.push_back(&line);
  }
  io::Json thinned = io::Json::array();
  const std::size_t span = std::max<std::size_t>(1, (steps.size() + points - 1) / points);
  for (std::size_t begin = 0; begin < steps.size(); begin += span) {
    const std::size_t end = std::min(steps.size(), begin + span);
    io::Json point = {{"step", steps[end - 1]->at("step")}, {"stage", steps[end - 1]->value("stage", "")}};
    for (const char* key :
         {"nelbo", "bits_per_byte", "load_balance", "supervised", "router_entropy", "learning_rate"}) {
      double sum = 0;
      for (std::size_t i = begin; i < end; ++i) sum += steps[i]->value(key, 0.0);
      point[key] = sum / static_cast<double>(end - begin);
    }
    thinned.push_back(point);
  }
  return {{"steps", thinned}, {"validations", validations}};
}

std::string report_page(const io::Json& scores, const std::vector<io::Json>& metrics) {
  const io::Json data = {{"scores", scores}, {"curves", training_curves(metrics, kCurvePoints)}};
  std::string page(embedded::kReportTemplate);
  // The data last: it is text from repositories and may contain anything, a mark as well.
  replace_mark(page, "/*CHART_LIBRARY*/", embedded::kChartLibrary);
  replace_mark(page, "/*REPORT_DATA*/", script_safe(data.dump()));
  return page;
}

}  // namespace palimpsest::evaluate
