#include "tokenize/report_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "tokenize/corpus_measure.h"

namespace palimpsest::tokenize {
namespace {

double number(const io::Json& json) {
  return json.get<double>();
}

std::string label_row(const std::string& label, const io::Json& part, const io::Json* baseline) {
  std::string row = fmt::format("{:<14} {:>10} {:>9} {:>8.3f} {:>8.2f} {:>9.1f}%", label,
                                part["bytes"].get<std::uint64_t>(), part["tokens"].get<std::uint64_t>(),
                                number(part["bytes_per_token"]), number(part["tokens_per_line"]),
                                100 * number(part["identifier_alignment"]));
  if (baseline != nullptr) {
    const io::Json& other = (*baseline)["valid"][label];
    row += fmt::format(" {:>9} {:>9.1f}% {:>8.1f}%", other["tokens"].get<std::uint64_t>(),
                       100 * number(other["identifier_alignment"]), 100 * number(other["fewer_tokens"]));
  }
  return row + "\n";
}

std::string examples(const char* title, const io::Json& list) {
  constexpr std::size_t kShown = 8;
  std::string line = title;
  for (std::size_t i = 0; i < std::min(kShown, list.size()); ++i) line += " " + list[i].dump();
  return line + "\n";
}

}  // namespace

std::string report_table(const io::Json& report) {
  const io::Json* baseline = report.contains("comparison") ? &report["comparison"] : nullptr;
  const io::Json& valid = report["compression"]["valid"];
  std::string table = fmt::format("{:<14} {:>10} {:>9} {:>8} {:>8} {:>10}", "validation", "bytes", "tokens",
                                  "B/token", "tok/line", "aligned");
  if (baseline != nullptr) table += fmt::format(" {:>9} {:>10} {:>9}", "baseline", "aligned", "fewer");
  table += "\n";
  for (const auto& [label, part] : valid.items()) {
    if (label != kAllLabels) table += label_row(label, part, baseline);
  }
  if (valid.contains(kAllLabels)) table += label_row(kAllLabels, valid[kAllLabels], baseline);
  const io::Json& superwords = report["superwords"];
  const io::Json& usage = report["usage"];
  table += fmt::format(
      "superwords: {} of {} tokens ({:.1f}%), {:.1f}% of validation tokens, each in at least {} training "
      "repositories\n",
      superwords["count"].get<std::size_t>(), report["tokens"].get<std::size_t>(),
      100 * number(superwords["share"]), 100 * number(superwords["share_of_valid_tokens"]),
      superwords["fewest_train_repositories"].get<std::size_t>());
  table += examples("  longest:", superwords["longest"]);
  table += examples("  most frequent:", superwords["most_frequent"]);
  table += fmt::format(
      "training text: {} of {} learned tokens unused ({:.2f}%), {} rarer than {} ({:.2f}%); Renyi efficiency "
      "{:.4f} (alpha {})\n",
      usage["unused"].get<std::size_t>(), usage["learned_tokens"].get<std::size_t>(),
      100 * number(usage["unused_share"]), usage["rare"].get<std::size_t>(),
      usage["rare_below"].get<std::size_t>(), 100 * number(usage["rare_share"]),
      number(report["renyi"]["efficiency"]), number(report["renyi"]["alpha"]));
  const io::Json& text = report["text"];
  if (text["used"] != text["bytes"]) {
    table += fmt::format("sample: {} of {} text bytes used, see --memory\n",
                         text["used"].get<std::uint64_t>(), text["bytes"].get<std::uint64_t>());
  }
  return table;
}

}  // namespace palimpsest::tokenize
