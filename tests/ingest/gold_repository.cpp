#include "tests/ingest/gold_repository.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "ingest/file_type.h"
#include "ingest/source_labels.h"
#include "tests/ingest/ingest_support.h"

namespace palimpsest::test {
namespace {

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

std::set<std::string> gold_labels(const GoldScore& score) {
  std::set<std::string> labels;
  for (const auto& [pair, count] : score.confusion) labels.insert(pair.first);
  return labels;
}

void add_file(GoldScore& score, const std::string& where, const GoldFile& gold, const io::Framework& label) {
  ++score.files;
  ++score.confusion[{gold.label, label.label}];
  if (gold.no_signal) ++score.no_signal;
  if (gold.no_signal && gold.label == label.label) ++score.no_signal_right;
  if (gold.label == label.label) return;
  score.misses.push_back(fmt::format(
      "{}{} is {}, labelled {} {:.2f} ({})", where, gold.no_signal ? " [no signal]" : "", gold.label,
      label.label, label.confidence, label.evidence.empty() ? "no evidence" : label.evidence.front()));
}

}  // namespace

GoldRepository parse_gold(std::string_view text, const std::string& name) {
  GoldRepository repository{.name = name, .files = {}};
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.starts_with(">> ")) {
      if (!repository.files.empty()) repository.files.back().text += line + "\n";
      continue;
    }
    std::istringstream words(line.substr(3));
    GoldFile file;
    std::string flag;
    words >> file.path >> file.label >> flag;
    const bool is_package = file.path.ends_with("package.json");
    if (is_package != file.label.empty() || (!flag.empty() && flag != "no-signal"))
      throw std::runtime_error(fmt::format("bad gold line in {}:{}: {}", name, number, line));
    file.no_signal = !flag.empty();
    repository.files.push_back(std::move(file));
  }
  return repository;
}

std::vector<GoldRepository> read_gold_folder(const std::filesystem::path& folder) {
  std::vector<GoldRepository> repositories;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".gold") continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    repositories.push_back(parse_gold(text, entry.path().stem().string()));
  }
  std::sort(repositories.begin(), repositories.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return repositories;
}

double GoldScore::precision(const std::string& label) const {
  std::size_t labelled = 0;
  for (const auto& [pair, count] : confusion) labelled += pair.second == label ? count : 0;
  const auto right = confusion.find({label, label});
  return ratio(right == confusion.end() ? 0 : right->second, labelled);
}

double GoldScore::recall(const std::string& label) const {
  std::size_t gold = 0;
  for (const auto& [pair, count] : confusion) gold += pair.first == label ? count : 0;
  const auto right = confusion.find({label, label});
  return ratio(right == confusion.end() ? 0 : right->second, gold);
}

double GoldScore::macro_f1() const {
  double sum = 0;
  const std::set<std::string> labels = gold_labels(*this);
  for (const std::string& label : labels) {
    const double p = precision(label);
    const double r = recall(label);
    sum += p + r == 0 ? 0 : 2 * p * r / (p + r);
  }
  return sum / static_cast<double>(labels.size());
}

double GoldScore::no_signal_accuracy() const {
  return ratio(no_signal_right, no_signal);
}

std::string GoldScore::table() const {
  std::string text = fmt::format("{} files, macro-F1 {:.3f}, no-signal accuracy {:.3f} of {}\n", files,
                                 macro_f1(), no_signal_accuracy(), no_signal);
  for (const std::string& label : gold_labels(*this)) {
    text += fmt::format("  {:<8} precision {:.3f} recall {:.3f}\n", label, precision(label), recall(label));
  }
  for (const std::string& miss : misses) text += "  miss: " + miss + "\n";
  return text;
}

void score_repository(const ingest::FrameworkTable& table, const GoldRepository& repository,
                      GoldScore& score) {
  ingest::FileCollector collector = make_collector();
  std::map<std::string, const GoldFile*> gold;
  for (const GoldFile& file : repository.files) {
    gold[file.path] = &file;
    if (!collector.wants(file.path, file.text.size()))
      throw std::runtime_error(repository.name + ": file would be skipped: " + file.path);
    collector.take(file.path, file.text, "");
  }
  const ingest::SourceFiles source = collector.finish();
  GoldRepository sorted{.name = repository.name, .files = {}};
  for (const ingest::FoundFile& file : source.files) sorted.files.push_back(*gold.at(file.path));
  score_files(table, sorted, source.packages, score);
}

void score_files(const ingest::FrameworkTable& table, const GoldRepository& repository,
                 const ingest::PackageTree& packages, GoldScore& score) {
  std::vector<ingest::SyntaxFacts> facts;
  for (const GoldFile& file : repository.files) {
    facts.push_back(facts_of(
        file.text, ingest::is_tsx(file.path) ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript));
  }
  std::vector<ingest::FactFile> files;
  for (const GoldFile& file : repository.files) files.push_back({file.path, &facts[files.size()]});
  const auto labels = ingest::label_source(table, packages, files);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const GoldFile& gold = repository.files[i];
    if (!gold.label.empty()) add_file(score, repository.name + ":" + gold.path, gold, labels[i]);
  }
}

}  // namespace palimpsest::test
