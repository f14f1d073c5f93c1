#include "ingest/explain.h"

#include <optional>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "ingest/content_filter.h"
#include "ingest/file_label.h"
#include "ingest/file_type.h"
#include "ingest/syntax_facts.h"
#include "ingest/syntax_parser.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

/// All package.json files in the folders above the file. `root` is the top of the file system, so that
/// folders inside the tree are paths below it.
PackageTree packages_above(const fs::path& file) {
  PackageTree packages;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    const fs::path candidate = folder / "package.json";
    if (fs::is_regular_file(candidate)) {
      packages.add(parse_package(io::read_file(candidate), folder.relative_path().generic_string(),
                                 candidate.string()));
    }
    if (folder == folder.root_path()) return packages;
  }
}

SyntaxFacts read_facts(const fs::path& file, const std::string& text) {
  const FileType type = file_type(file.generic_string());
  if (type != FileType::kTypeScript && type != FileType::kDeclaration) {
    throw base::Error(base::ErrorCode::kBadData, "not a TypeScript file", {.where = file.string()});
  }
  if (const char* reason = content_skip_reason(text)) {
    throw base::Error(base::ErrorCode::kBadData, "file would be skipped",
                      {.got = reason, .where = file.string()});
  }
  SyntaxParser parser;
  const auto tree = parser.parse(text, is_tsx(file.generic_string()) ? Grammar::kTsx : Grammar::kTypeScript);
  if (!tree) throw base::Error(base::ErrorCode::kBadData, "the parser gave up", {.where = file.string()});
  return collect_facts(text, *tree);
}

}  // namespace

std::string explain_file(const fs::path& file, const FrameworkTable& table) {
  const std::string text = io::read_file(file);
  const SyntaxFacts facts = read_facts(file, text);
  const fs::path absolute = fs::weakly_canonical(file);
  const PackageTree packages = packages_above(absolute);
  const std::string path = absolute.relative_path().generic_string();
  const FileLabeller labeller(table, packages);
  const FileLabel label = labeller.label(path, facts);

  std::string result = fmt::format("{}: {} (confidence {:.2f})\n", file.string(),
                                   table.families[label.family].label, label.confidence);
  for (const Evidence& item : label.evidence) {
    result += fmt::format("  {:<8}{:>5.2f}  {:<12}{}\n", evidence_name(item.kind), item.strength,
                          table.families[item.family].label, item.text);
  }
  if (!label.has_evidence)
    result += "  no evidence in the file: a run looks at its neighbours, then at its package\n";
  const PackageInfo* package = packages.nearest(path);
  if (package == nullptr) return result + "  no package.json above it\n";
  result += fmt::format("  package {}", package->name.empty() ? "without a name" : package->name);
  if (package->workspace_root) result += " is a workspace root: its dependencies are not looked at";
  for (std::size_t i = 0; i < table.families.size(); ++i) {
    if (labeller.depends(package, i)) result += fmt::format(", depends on {}", table.families[i].label);
  }
  return result + "\n";
}

}  // namespace palimpsest::ingest
