#include "ingest/explain.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/syntax/syntax_parser.h"
#include "ingest/content_filter.h"
#include "ingest/file_type.h"
#include "ingest/source.h"
#include "ingest/source_labels.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// A repository with the facts of all files that can be parsed, and their labels.
struct Labelled {
  SourceFiles files;
  std::vector<SyntaxFacts> facts;
  std::vector<FactFile> fact_files;
  std::vector<LabelledFile> labels;
};

std::optional<SyntaxFacts> facts_of(const std::string& path, const std::string& text,
                                    syntax::SyntaxParser& parser) {
  const auto tree = parser.parse(text, is_tsx(path) ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript);
  if (!tree) return std::nullopt;
  return collect_facts(text, *tree);
}

Labelled label_all(SourceFiles files, const FrameworkTable& table) {
  Labelled result;
  syntax::SyntaxParser parser;
  std::erase_if(files.files, [](const FoundFile& f) { return content_skip_reason(f.text) != nullptr; });
  for (const FoundFile& file : files.files) {
    result.facts.push_back(facts_of(file.path, file.text, parser).value_or(SyntaxFacts()));
  }
  result.files = std::move(files);
  for (std::size_t i = 0; i < result.facts.size(); ++i)
    result.fact_files.push_back({result.files.files[i].path, &result.facts[i]});
  result.labels = label_files(table, result.files.packages, result.fact_files);
  return result;
}

double confidence(const FileLabel& label) {
  return label.has_evidence ? label.confidence : kDefaultConfidence;
}

/// What decided: the kind of the first evidence for the label.
const char* decided_by(const FileLabel& label) {
  for (const Evidence& item : label.evidence) {
    if (item.family == label.family) return evidence_name(item.kind);
  }
  return "default";
}

std::string describe(const std::string& path, const LabelledFile& file, const FrameworkTable& table,
                     bool brief) {
  const FileLabel& label = file.label;
  const std::string& name = table.families[label.family].label;
  if (brief) {
    const std::string why = label.evidence.empty() ? std::string() : " " + label.evidence.front().text;
    return fmt::format("{}\t{}\t{:.2f}\t{}{}\n", path, name, confidence(label), decided_by(label), why);
  }
  std::string text = fmt::format("{}: {} (confidence {:.2f})\n", path, name, confidence(label));
  for (const Evidence& item : label.evidence) {
    text += fmt::format("  {:<8}{:>5.2f}  {:<12}{}\n", evidence_name(item.kind), item.strength,
                        table.families[item.family].label, item.text);
  }
  if (label.evidence.empty())
    text += "  no evidence in the file, its neighbours or its package: the default\n";
  return text;
}

std::string describe_package(const std::string& path, const PackageTree& packages, const LabelledFile& file,
                             const FrameworkTable& table) {
  const PackageInfo* package = packages.nearest(path);
  if (package == nullptr) return "  no package.json above it\n";
  std::string text = fmt::format("  package {}", package->name.empty() ? "without a name" : package->name);
  if (package->workspace_root) text += " is a workspace root: its dependencies are not looked at";
  const FileLabeller labeller(table, packages);
  for (std::size_t i = 0; i < table.families.size(); ++i) {
    if (labeller.depends(package, i)) text += fmt::format(", depends on {}", table.families[i].label);
  }
  return text + fmt::format("; as a whole {}\n", table.families[file.package_family].label);
}

std::string summary(const std::vector<LabelledFile>& files, const FrameworkTable& table) {
  static constexpr std::array<const char*, 6> kKinds = {"import", "syntax",  "path",
                                                        "graph",  "package", "default"};
  std::string text = fmt::format("\n{:<14}{:>7}{:>8}{:>12}", "family", "files", "share", "confidence");
  for (const char* kind : kKinds) text += fmt::format("{:>9}", kind);
  text += "\n";
  for (std::size_t family = 0; family < table.families.size(); ++family) {
    std::array<std::size_t, kKinds.size()> counts{};
    double sum = 0;
    std::size_t total = 0;
    for (const LabelledFile& file : files) {
      if (file.label.family != family) continue;
      ++total;
      sum += confidence(file.label);
      const std::string_view kind = decided_by(file.label);
      for (std::size_t k = 0; k < kKinds.size(); ++k) counts[k] += kind == kKinds[k] ? 1 : 0;
    }
    const double all = std::max<double>(1, static_cast<double>(files.size()));
    text += fmt::format("{:<14}{:>7}{:>7.1f}%{:>12.2f}", table.families[family].label, total,
                        100 * static_cast<double>(total) / all,
                        total == 0 ? 0 : sum / static_cast<double>(total));
    for (const std::size_t count : counts) text += fmt::format("{:>9}", count);
    text += "\n";
  }
  return text;
}

/// Refuses with a reason what a run would skip too.
void check_file(const fs::path& file) {
  const std::string text = io::read_file(file);
  const FileType type = file_type(file.generic_string());
  if (type != FileType::kTypeScript && type != FileType::kDeclaration)
    throw base::Error(base::ErrorCode::kBadData, "not a TypeScript file", {.where = file.string()});
  if (const char* reason = content_skip_reason(text))
    throw base::Error(base::ErrorCode::kBadData, "file would be skipped",
                      {.got = reason, .where = file.string()});
  syntax::SyntaxParser parser;
  if (!facts_of(file.generic_string(), text, parser))
    throw base::Error(base::ErrorCode::kBadData, "the parser gave up", {.where = file.string()});
}

fs::path repository_of(const fs::path& file) {
  fs::path nearest;
  fs::path workspace;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / ".git")) return folder;
    const fs::path candidate = folder / "package.json";
    if (fs::is_regular_file(candidate)) {
      if (nearest.empty()) nearest = folder;
      if (parse_package(io::read_file(candidate), "", candidate.string()).workspace_root) workspace = folder;
    }
    if (folder == folder.root_path()) break;
  }
  if (!workspace.empty()) return workspace;
  return nearest;
}

SourceFiles read_all(const std::string& source, const IngestOptions& options) {
  AcquiredSource acquired = acquire(parse_source(source), options);
  return read_source(acquired, options);
}

}  // namespace

std::string explain_file(const fs::path& file, const FrameworkTable& table) {
  check_file(file);
  const fs::path absolute = fs::weakly_canonical(file);
  const fs::path root = repository_of(absolute);
  SourceFiles files;
  if (!root.empty()) files = read_all("dir:" + root.string(), IngestOptions());
  const std::string path =
      absolute.lexically_relative(root.empty() ? absolute.parent_path() : root).generic_string();
  const auto is_file = [&](const FoundFile& found) { return found.path == path; };
  if (std::none_of(files.files.begin(), files.files.end(),
                   is_file)) {  // a run would leave it out, by size or name
    files.files.push_back({path, io::read_file(absolute), ""});
    std::sort(files.files.begin(), files.files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
  }
  const Labelled all = label_all(std::move(files), table);
  const auto found = std::find_if(all.files.files.begin(), all.files.files.end(), is_file);
  const LabelledFile& label = all.labels[static_cast<std::size_t>(found - all.files.files.begin())];
  return describe(file.string(), label, table, false) +
         describe_package(path, all.files.packages, label, table);
}

std::string explain_source(const ExplainedSource& request, const FrameworkTable& table,
                           const IngestOptions& options) {
  const bool is_folder = fs::is_directory(request.source);
  const Labelled all = label_all(read_all((is_folder ? "dir:" : "") + request.source, options), table);
  if (all.labels.empty())
    throw base::Error(base::ErrorCode::kBadData, "no usable TypeScript", {.where = request.source});
  std::string text;
  for (std::size_t i = 0; i < all.labels.size(); ++i)
    text += describe(all.files.files[i].path, all.labels[i], table, request.brief);
  return text + summary(all.labels, table);
}

const char* explain_hint() {
  return "To change a label: `ingest explain --print-frameworks > mine.toml`, edit the family's rules there, "
         "then\n"
         "pass `--frameworks mine.toml` to explain and run. Evidence below 0.5 is only a hint.\n";
}

}  // namespace palimpsest::ingest
