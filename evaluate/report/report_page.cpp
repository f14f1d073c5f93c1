#include "evaluate/report/report_page.h"

#include <cmath>
#include <string_view>

#include <openssl/evp.h>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"

namespace palimpsest::embedded {
extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;
extern const std::string_view kD3;
extern const std::string_view kD3Licence;
extern const std::string_view kPlot;
extern const std::string_view kPlotLicence;
}  // namespace palimpsest::embedded

namespace palimpsest::evaluate {
namespace {

/// `'sha256-...'` of an inline script or style, as a Content-Security-Policy names it.
std::string policy_hash(std::string_view content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr);
  std::string base64(4 * ((size + 2) / 3) + 1, '\0');
  base64.resize(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest, static_cast<int>(size)));
  return "'sha256-" + base64 + "'";
}

std::string headline(const Runs& runs) {
  if (runs.size() > 1) {
    std::vector<std::string> names;
    for (const ReportRun& run : runs) names.push_back(run.name);
    return listed(names) + ", compared";
  }
  const ReportRun& run = runs[0];
  Estimate bits = estimate_at(at_path(run.scores, {"overall"}), "mean_bits_per_byte");
  if (!bits.known()) bits = estimate_at(at_path(run.scores, {"overall"}), "bits_per_byte");
  if (!bits.known() && !run.metrics.validation_column("bits_per_byte").empty()) {
    bits.value = run.metrics.validation_column("bits_per_byte").back().value;
  }
  if (!bits.known()) return run.name;
  const double scored = number_at(run.scores, {"step"});
  const double steps = std::isfinite(scored) ? scored : run.metrics.last_step + 1;
  return run.name + ": " + fixed(bits.value, 3) + " bits per byte after " + grouped(steps) + " steps";
}

std::string standfirst(const Runs& runs) {
  const ReportRun& run = runs[0];
  const double bits = estimate_at(at_path(run.scores, {"overall"}), "mean_bits_per_byte").value;
  const double unigram = estimate_at(at_path(run.scores, {"overall"}), "unigram_mean_bits_per_byte").value;
  const double s1 = estimate_at(at_path(run.scores, {"routing", "specialization"}), "mean").value;
  const double parameters = number_at(run.model, {"counts", "parameters"});
  if (runs.size() > 1)
    return std::to_string(runs.size()) + " training runs side by side; differences are to " + run.name + ".";
  std::string out = "A masked-diffusion code model";
  if (std::isfinite(parameters)) out += " of " + compact(parameters) + " parameters";
  if (unigram > 0 && std::isfinite(bits)) {
    out += bits < unigram ? " needs " + percent(1 - bits / unigram, 0) +
                                " fewer bits than a coder that knows only how frequent each token is"
                          : " needs no fewer bits than a coder that knows only how frequent each token is";
  }
  if (std::isfinite(s1))
    out += "; its experts specialise on their frameworks with S1 = " + fixed(s1, 2) +
           " (1 is perfect, 0 chance)";
  return out + ".";
}

Markup notes(const Runs& runs) {
  Markup items;
  for (const ReportRun& run : runs) {
    for (const std::string& note : run.notes) {
      items += element("li", text(runs.size() > 1 ? run.name + ": " + note : note));
    }
  }
  if (items.empty()) return items;
  return element("aside", {{"class", "notes"}, {"aria-label", "Notes on the data"}}, element("ul", items));
}

struct PagePart {
  const char* id;
  const char* title;
  Markup content;
};

Markup contents_list(const std::vector<PagePart>& parts) {
  Markup links;
  for (const PagePart& part : parts) {
    if (!part.content.empty() && *part.title != '\0') {
      links += element("li", element("a", {{"href", std::string("#") + part.id}}, text(part.title)));
    }
  }
  return element("nav", {{"aria-label", "Contents"}}, element("ul", links));
}

/// A licence as a comment in front of the code it covers.
std::string with_licence(std::string_view licence, std::string_view code) {
  return "/*!\n" + std::string(licence) + "*/\n" + std::string(code);
}

Markup script(const std::string& code) {
  return Markup::trusted("<script>" + code + "</script>\n");
}

}  // namespace

std::string report_page(const Runs& runs, const std::vector<InfillFile>& infill_files) {
  ChartSet charts;
  std::vector<PagePart> parts;
  const bool several = runs.size() > 1;
  parts.push_back({"comparison", several ? "Side by side" : "", summary_section(runs)});
  parts.push_back({"scores", "Scores", score_section(runs, charts)});
  parts.push_back({"training", "Training", training_section(runs, charts)});
  parts.push_back({"routing", "Routing", routing_section(runs, charts)});
  parts.push_back({"forced", "Experts", forced_section(runs)});
  parts.push_back({"probe", "Probe", probe_section(runs)});
  parts.push_back({"infill", "Filled holes", infill_section(runs, infill_files)});
  parts.push_back({"corpus", "Corpus", corpus_section(runs)});
  parts.push_back({"tokenizer", "Tokenizer", tokenizer_section(runs)});
  parts.push_back({"facts", "The run", facts_section(runs)});

  Markup body = element(
      "header", {{"class", "masthead"}},
      element("p", {{"class", "kicker"}}, text("Palimpsest report")) + element("h1", text(headline(runs))) +
          element("p", {{"class", "lead"}}, text(standfirst(runs))) + notes(runs) + contents_list(parts));
  Markup main;
  for (const PagePart& part : parts) main += part.content;
  body += element("main", {{"id", "main"}}, main);

  const std::string style(embedded::kReportStyle);
  const std::string d3 = with_licence(embedded::kD3Licence, embedded::kD3);
  const std::string plot = with_licence(embedded::kPlotLicence, embedded::kPlot);
  const std::string own(embedded::kReportScript);
  const std::string policy = "default-src 'none'; style-src " + policy_hash(style) + "; script-src " +
                             policy_hash(d3) + " " + policy_hash(plot) + " " + policy_hash(own) +
                             "; base-uri 'none'; form-action 'none'";
  Markup head = Markup::trusted("<meta charset=\"utf-8\">\n");
  head += Markup::trusted("<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">\n");
  head += Markup::trusted(std::string(kReportMark) + "\n");
  head += Markup::trusted("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  head += element("title", text("Palimpsest report: " + headline(runs)));
  head += Markup::trusted("<style>" + style + "</style>\n");
  body += Markup::trusted("<script type=\"application/json\" id=\"charts\">" + script_json(charts.data()) +
                          "</script>\n");
  body += script(d3) + script(plot) + script(own);
  return "<!doctype html>\n" +
         element("html", {{"lang", "en"}}, element("head", head) + element("body", body)).html() + "\n";
}

}  // namespace palimpsest::evaluate
