#include <algorithm>
#include <cmath>

#include "evaluate/report/estimate.h"
#include "evaluate/report/number_format.h"
#include "evaluate/report/report_sections.h"
#include "evaluate/report/table.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kSources = 25;
constexpr std::size_t kTokensShown = 24;
constexpr std::size_t kRevisionShown = 12;  ///< of a version or commit id

std::string words(std::string key) {
  std::replace(key.begin(), key.end(), '_', ' ');
  return key;
}

/// {name: {files, bytes, ...}}: files, bytes and their share of all.
Markup counts_table(const io::Json& counts, const std::string& caption, const std::string& what,
                    bool names_are_words) {
  struct Row {
    std::string name;
    double files, bytes;
  };
  std::vector<Row> rows;
  double all_files = 0;
  for (const auto& [name, entry] : counts.items()) {
    const double files = entry.is_number() ? entry.get<double>() : number_at(entry, {"files"});
    rows.push_back({names_are_words ? words(name) : name, files, number_at(entry, {"bytes"})});
    if (std::isfinite(files)) all_files += files;
  }
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return (std::isfinite(a.files) ? a.files : -1) > (std::isfinite(b.files) ? b.files : -1);
  });
  Table table(caption, {what, "", "files", "share", "size"});
  for (const Row& row : rows) {
    const double share = all_files > 0 ? row.files / all_files : 0;
    table.add({row.name, Cell(share_bar(share), "bar"), grouped(row.files),
               share > 0 && share < 0.0005 ? "< 0.1 %" : percent(share, 1), byte_size(row.bytes)});
  }
  return table.markup();
}

Markup source_table(const io::Json& documents) {
  const io::Json& sources = at_path(documents, {"by_source"});
  std::vector<const io::Json*> rows;
  for (const io::Json& source : sources) rows.push_back(&source);
  if (rows.empty()) return {};
  std::stable_sort(rows.begin(), rows.end(), [](const io::Json* a, const io::Json* b) {
    const double left = number_at(*a, {"bytes"});
    const double right = number_at(*b, {"bytes"});
    return (std::isfinite(left) ? left : -1) > (std::isfinite(right) ? right : -1);
  });
  Table table("Sources, largest first" +
                  (rows.size() > kSources
                       ? ", " + std::to_string(kSources) + " of " + grouped(static_cast<double>(rows.size()))
                       : std::string()),
              {"source", "revision", "files", "size", "families"}, "words");
  for (std::size_t i = 0; i < std::min(rows.size(), kSources); ++i) {
    std::vector<std::string> families;
    for (const auto& [family, entry] : at_path(*rows[i], {"families"}).items()) families.push_back(family);
    table.add({string_at(*rows[i], {"name"}), string_at(*rows[i], {"revision"}).substr(0, kRevisionShown),
               Cell(grouped(number_at(*rows[i], {"files"})), "number"),
               Cell(byte_size(number_at(*rows[i], {"bytes"})), "number"), listed(families)});
  }
  return table.markup();
}

std::string corpus_sentence(const io::Json& documents) {
  std::string out = grouped(number_at(documents, {"files"})) + " files with " +
                    byte_size(number_at(documents, {"bytes"})) + " from " +
                    grouped(number_at(documents, {"sources"})) + " sources were kept";
  const double duplicates = number_at(documents, {"duplicates"});
  if (std::isfinite(duplicates))
    out += "; " + grouped(duplicates) + " duplicates and near-duplicates were left out";
  if (const double failed = number_at(documents, {"failed_sources"}); failed > 0) {
    out += "; " + grouped(failed) + " sources failed";
  }
  std::vector<std::string> secrets;
  for (const auto& [kind, count] : at_path(documents, {"secrets"}).items()) {
    const double number = as_estimate(count).value;
    if (number > 0) secrets.push_back(grouped(number) + " of kind " + words(kind));
  }
  if (!secrets.empty()) out += "; secrets found: " + listed(secrets);
  return out + ".";
}

Markup corpus_body(const ReportRun& run) {
  if (!run.documents.is_object()) return {};
  const Markup tables =
      counts_table(at_path(run.documents, {"families"}), "Files kept, by framework family", "family", false) +
      counts_table(at_path(run.documents, {"licenses"}), "Files kept, by licence", "licence", false) +
      counts_table(at_path(run.documents, {"skips"}), "Files left out, by reason", "reason", true);
  return element("p", text(corpus_sentence(run.documents))) + element("div", {{"class", "tables"}}, tables) +
         element("details", element("summary", text("Sources")) + source_table(run.documents));
}

Markup split_table(const io::Json& shards) {
  Table table("Packed rows for training, by split and family",
              {"split, family", "rows", "tokens", "padding", "text", "repositories"});
  for (const auto& [split, families] : at_path(shards, {"counts", "splits"}).items()) {
    for (const auto& [family, entry] : families.items()) {
      table.add({split + ", " + family, grouped(number_at(entry, {"rows"})),
                 grouped(number_at(entry, {"tokens"})), percent(number_at(entry, {"padding_share"}), 1),
                 byte_size(number_at(entry, {"text_bytes"})),
                 grouped(number_at(shards, {"counts", "repositories", family, split, "repositories"}))});
    }
  }
  return table.empty() ? Markup() : table.markup();
}

Markup compression_table(const io::Json& tokenizer) {
  Table table("How much text a token holds",
              {"split, family", "bytes/token", "tokens/line", "tokens", "on identifier ends"});
  for (const auto& [split, families] : at_path(tokenizer, {"compression"}).items()) {
    for (const auto& [family, entry] : families.items()) {
      table.add({split + ", " + family, fixed(number_at(entry, {"bytes_per_token"}), 2),
                 fixed(number_at(entry, {"tokens_per_line"}), 2), grouped(number_at(entry, {"tokens"})),
                 percent(number_at(entry, {"identifier_alignment"}), 0)});
    }
  }
  return table.empty() ? Markup() : table.markup();
}

Markup token_list(const io::Json& list, const std::string& title) {
  Markup items;
  std::size_t count = 0;
  for (const io::Json& token : list) {
    if (!token.is_string() || ++count > kTokensShown) continue;
    std::string shown;
    for (const char c : token.get<std::string>())
      shown += c == '\n' ? std::string("⏎") : c == ' ' ? "·" : std::string(1, c);
    items += element("li", element("code", text(shown)));
  }
  return items.empty() ? items : element("h3", text(title)) + element("ul", {{"class", "tokens"}}, items);
}

std::string tokenizer_sentence(const io::Json& tokenizer) {
  std::string out = grouped(number_at(tokenizer, {"tokens"})) + " tokens";
  if (const std::string preset = string_at(tokenizer, {"preset"}); !preset.empty())
    out += ", preset “" + preset + "”";
  const double superwords = number_at(tokenizer, {"superwords", "count"});
  if (superwords > 0) {
    out += "; " + grouped(superwords) + " of them span words, and are " +
           percent(number_at(tokenizer, {"superwords", "share_of_valid_tokens"}), 0) +
           " of the tokens in validation text";
  }
  const double unused = number_at(tokenizer, {"usage", "unused_share"});
  if (std::isfinite(unused))
    out += "; " + percent(unused, 1) + " of the learned tokens never occur in training text";
  return out + ".";
}

Markup tokenizer_body(const ReportRun& run) {
  Markup body;
  if (run.tokenizer.is_object()) {
    body += element("p", text(tokenizer_sentence(run.tokenizer)));
    body += token_list(at_path(run.tokenizer, {"superwords", "most_frequent"}),
                       "Most frequent tokens that span words");
    body += token_list(at_path(run.tokenizer, {"superwords", "longest"}), "Longest tokens that span words");
    body += element("div", {{"class", "tables"}}, compression_table(run.tokenizer) + split_table(run.shards));
  } else {
    body += split_table(run.shards);
  }
  return body;
}

/// Runs on one corpus show it once.
template <typename Body>
Markup once_if_equal(const Runs& runs, io::Json ReportRun::*part, Body body) {
  const bool equal =
      std::all_of(runs.begin(), runs.end(), [&](const ReportRun& run) { return run.*part == runs[0].*part; });
  return equal ? body(runs[0]) : side_by_side(runs, body);
}

}  // namespace

Markup corpus_section(const Runs& runs) {
  return section("corpus", "What it learned from", "",
                 once_if_equal(runs, &ReportRun::documents, corpus_body));
}

Markup tokenizer_section(const Runs& runs) {
  return section("tokenizer", "How text becomes tokens and rows", "",
                 once_if_equal(runs, &ReportRun::shards, tokenizer_body));
}

}  // namespace palimpsest::evaluate
