#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "common/base/utf8.h"
#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kContextBefore = 320;  ///< bytes of code shown in front of a hole
constexpr std::size_t kContextAfter = 200;

struct Token {
  std::string text;
  double confidence = 0;  ///< NaN: not known
  double order = 0;       ///< counted from 0, equal for tokens of one step; NaN: not known
};

/// Tokens as strings with `confidence` and `order` beside them, or as objects that hold both.
std::vector<Token> tokens_of(const io::Json& example) {
  std::vector<Token> tokens;
  const io::Json& list = at_path(example, {"tokens"});
  double first = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::string index = std::to_string(i);
    Token token;
    if (list[i].is_string()) {
      token = {list[i], number_at(example, {"confidence", index}), number_at(example, {"order", index})};
    } else {
      token = {string_at(list[i], {"text"}), number_at(list[i], {"confidence"}),
               number_at(list[i], {"order"})};
    }
    if (token.order < first) first = token.order;
    tokens.push_back(token);
  }
  for (Token& token : tokens) token.order -= first;
  return tokens;
}

bool has_order(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const Token& token) { return std::isfinite(token.order); });
}

/// The last `most` bytes, from a line's begin where there is one.
std::string tail(const std::string& code, std::size_t most) {
  if (code.size() <= most) return code;
  std::size_t begin = code.size() - most;
  if (const std::size_t line = code.find('\n', begin); line != std::string::npos)
    return code.substr(line + 1);
  while (begin < code.size() && base::is_continuation_byte(code[begin])) ++begin;
  return code.substr(begin);
}

std::string front(const std::string& code, std::size_t most) {
  if (code.size() <= most) return code;
  std::size_t end = most;
  while (end > 0 && base::is_continuation_byte(code[end])) --end;
  return code.substr(0, end);
}

std::string visible(const std::string& token) {
  std::string out;
  for (const char c : token.empty() ? std::string("∅") : token)
    out += c == '\n' ? std::string("⏎") : std::string(1, c);
  return out;
}

/// A token on its shade of confidence, its place in the order of unmasking above it.
Markup token_markup(const Token& token) {
  const std::string shade = "t " + shade_class(token.confidence);
  const std::size_t line = token.text.find('\n');
  const std::string first = line == std::string::npos ? token.text : token.text.substr(0, line) + "\n";
  Markup out;
  if (std::isfinite(token.order)) {
    const std::string order = significant(token.order + 1, 6);
    out += element("ruby", {{"class", shade}, {"data-order", order}},
                   text(visible(first)) + element("rt", text(order)));
  } else {
    out += element("span", {{"class", shade}}, text(visible(first)));
  }
  if (line != std::string::npos) out += text(token.text.substr(line));
  return out + Markup::trusted("<wbr>");
}

Markup token_table(const std::vector<Token>& tokens) {
  std::vector<std::string> head = {"position", "token", "confidence"};
  if (has_order(tokens)) head.emplace_back("unmasked as number");
  Table table("Token by token", head);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::vector<Cell> cells = {std::to_string(i + 1),
                               Cell(element("code", text(visible(tokens[i].text))), "code"),
                               fixed(tokens[i].confidence, 3)};
    if (has_order(tokens)) cells.emplace_back(significant(tokens[i].order + 1, 6));
    table.add(cells);
  }
  return element("details", element("summary", text("Token by token")) + table.markup());
}

Markup routing_line(const io::Json& example) {
  std::vector<std::string> shares;
  for (const auto& [label, share] : at_path(example, {"experts"}).items()) {
    if (share.is_number()) shares.push_back(label + " " + percent(share.get<double>(), 0));
  }
  return shares.empty() ? Markup() : element("p", {{"class", "routing"}}, text("Router: " + listed(shares)));
}

/// `heading_tag`: h3, or h4 below the name of a run.
Markup hole(const io::Json& example, const std::string& name, const char* heading_tag) {
  const std::vector<Token> tokens = tokens_of(example);
  if (tokens.empty()) return {};
  const std::string label = string_at(example, {"label"});
  const std::string path = string_at(example, {"path"}).empty() ? name : string_at(example, {"path"});
  const std::string original = string_at(example, {"original"});
  Markup heading = label.empty() ? Markup() : element("span", {{"class", "label"}}, text(label)) + text(" ");
  heading += element("bdi", text(path));
  Markup fill;
  for (const Token& token : tokens) fill += token_markup(token);
  const Markup code = text(tail(string_at(example, {"before"}), kContextBefore)) +
                      element("span", {{"class", "fill"}}, fill) +
                      text(front(string_at(example, {"after"}), kContextAfter));
  Markup body = element(heading_tag, heading);
  if (at_path(example, {"original"}).is_string()) {
    const bool exact = original == string_at(example, {"filled"});
    body += element(
        "p", {{"class", "truth"}},
        text(exact ? "Exactly what was cut out: " : "Cut out: ") + element("code", text(visible(original))));
  }
  body += element("pre",
                  {{"class", has_order(tokens) ? "ordered" : ""},
                   {"tabindex", "0"},
                   {"role", "group"},
                   {"aria-label", "Filled hole in " + path}},
                  element("code", code));
  return element("article", {{"class", "hole"}}, body + routing_line(example) + token_table(tokens));
}

Markup examples(const ReportRun& run, std::size_t per_family, const char* heading_tag) {
  std::map<std::string, std::size_t> count;
  Markup cards;
  for (const io::Json& example : at_path(run.scores, {"infill", "examples"})) {
    if (!example.is_object() || ++count[string_at(example, {"label"})] > per_family) continue;
    cards += hole(example, "", heading_tag);
  }
  return cards.empty() ? cards : element("div", {{"class", "holes"}}, cards);
}

/// `exact_match` -> "exact match"; counts as they are, shares with two digits.
Markup summary_table(const ReportRun& run) {
  const io::Json& summary = at_path(run.scores, {"infill", "summary"});
  std::vector<std::string> keys;
  for (const auto& [label, row] : summary.items()) {
    for (const auto& [key, value] : row.items()) {
      const bool measure = as_estimate(value).known() && !key.ends_with("_low") && !key.ends_with("_high");
      if (measure && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  std::vector<std::string> head = {"family"};
  for (std::string key : keys) {
    std::replace(key.begin(), key.end(), '_', ' ');
    head.push_back(key);
  }
  Table table("Holes cut from validation files and filled", head);
  for (const auto& [label, row] : summary.items()) {
    std::vector<Cell> cells = {label};
    for (const std::string& key : keys) {
      const Estimate value = estimate_at(row, key);
      const bool count = at_path(row, {key}).is_number_integer();
      cells.emplace_back(count ? grouped(value.value) : shown(value, 2));
    }
    table.add(cells);
  }
  return table.empty() ? Markup() : table.markup();
}

}  // namespace

Markup infill_section(const Runs& runs, const std::vector<InfillFile>& files) {
  const bool several = runs.size() > 1;
  Markup body = side_by_side(runs, [&](const ReportRun& run) {
    return summary_table(run) + examples(run, several ? 1 : 3, several ? "h4" : "h3");
  });
  Markup more;
  for (const InfillFile& file : files) {
    for (const io::Json& filled : at_path(file.json, {"holes"})) more += hole(filled, file.name, "h3");
  }
  if (!more.empty()) body += element("div", {{"class", "holes"}}, more);
  return section(
      "infill", "Holes it filled",
      "Each filled token stands on a shade: the stronger, the more confident the model was when it "
      "chose it. Where the "
      "order of unmasking was recorded, a token’s number is above it.",
      body);
}

}  // namespace palimpsest::evaluate
