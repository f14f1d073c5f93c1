#include "ingest/source_labels.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "ingest/file_label.h"
#include "ingest/import_graph.h"

namespace palimpsest::ingest {
namespace {

// Rounds of inheritance along imports, and the share of labelled neighbours that must agree.
constexpr int kGraphRounds = 2;
constexpr double kGraphMajority = 0.6;
constexpr double kGraphStrength = 0.6;
constexpr double kRoundDecay = 0.7;
// A package is of a family when that share of its files is; files without any signal inherit it from a larger
// share on.
constexpr double kPackageShare = 0.3;
constexpr double kInheritShare = 0.5;
constexpr double kPackageStrength = 0.4;
// A family that builds on another claims the other's files for its package only if it has some share of its
// own.
constexpr double kOwnShare = 0.1;
constexpr double kDefaultConfidence = 0.5;
constexpr std::size_t kMaxEvidence = 8;

struct PackageFamily {
  std::size_t family = 0;
  double share = 0;
};

class SourceLabeller {
 public:
  SourceLabeller(const FrameworkTable& table, const PackageTree& packages, const std::vector<FactFile>& files)
      : table_(table), packages_(packages), files_(files), labeller_(table, packages) {}

  std::vector<io::Framework> run() {
    for (const FactFile& file : files_) labels_.push_back(labeller_.label(file.path, *file.facts));
    const std::map<const PackageInfo*, PackageFamily> families = package_families();
    inherit_along_imports();
    std::vector<io::Framework> result;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const PackageFamily& package = families.at(packages_.nearest(files_[i].path));
      inherit_from_package(labels_[i], package);
      result.push_back(render(labels_[i], package));
    }
    return result;
  }

 private:
  /// The family of each package by the files that show one themselves.
  std::map<const PackageInfo*, PackageFamily> package_families() const {
    std::map<const PackageInfo*, std::vector<std::size_t>> counts;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      std::vector<std::size_t>& count = counts[packages_.nearest(files_[i].path)];
      count.resize(table_.families.size() + 1);
      ++count.back();
      if (labels_[i].has_evidence) ++count[labels_[i].family];
    }
    std::map<const PackageInfo*, PackageFamily> families;
    for (const auto& [package, count] : counts) families[package] = package_family(package, count);
    return families;
  }

  /// `count` holds the files of each family, then all files.
  PackageFamily package_family(const PackageInfo* package, const std::vector<std::size_t>& count) const {
    const auto total = static_cast<double>(count.back());
    PackageFamily best{table_.default_family, 0};
    for (std::size_t family = 0; family < table_.families.size(); ++family) {
      if (family == table_.default_family) continue;
      const bool knows_dependencies = package != nullptr && !package->workspace_root;
      if (knows_dependencies && !labeller_.depends(package, family)) continue;
      const std::vector<std::size_t>& bases = table_.families[family].builds_on;
      double share = static_cast<double>(count[family]) / total;
      if (share >= kOwnShare) {
        for (const std::size_t base : bases) share += static_cast<double>(count[base]) / total;
      }
      if (share >= kPackageShare && share > best.share) best = {family, share};
    }
    return best;
  }

  void inherit_along_imports() {
    std::vector<GraphFile> graph_files;
    for (const FactFile& file : files_) graph_files.push_back({file.path, &file.facts->imports});
    const auto neighbours = import_neighbours(graph_files, packages_);
    double strength = kGraphStrength;
    for (int round = 0; round < kGraphRounds; ++round, strength *= kRoundDecay) {
      std::vector<std::pair<std::size_t, FileLabel>> inherited;
      for (std::size_t i = 0; i < files_.size(); ++i) {
        if (labels_[i].has_evidence) continue;
        if (FileLabel label = vote(neighbours[i], strength); label.has_evidence)
          inherited.emplace_back(i, std::move(label));
      }
      for (auto& [i, label] : inherited) labels_[i] = std::move(label);
    }
  }

  /// The family of a clear majority of the neighbours that have one; has_evidence is false without it.
  FileLabel vote(const std::vector<std::size_t>& neighbours, double strength) const {
    std::vector<std::size_t> votes(table_.families.size());
    std::size_t voters = 0;
    for (const std::size_t neighbour : neighbours) {
      if (!labels_[neighbour].has_evidence) continue;
      ++votes[labels_[neighbour].family];
      ++voters;
    }
    const auto winner = std::max_element(votes.begin(), votes.end());
    FileLabel label{.family = table_.default_family, .confidence = 0, .has_evidence = false, .evidence = {}};
    if (voters == 0 || static_cast<double>(*winner) < kGraphMajority * static_cast<double>(voters))
      return label;
    label.family = static_cast<std::size_t>(winner - votes.begin());
    label.has_evidence = true;
    label.confidence = strength * static_cast<double>(*winner) / static_cast<double>(voters);
    label.evidence.push_back({EvidenceKind::kGraph, label.family, label.confidence,
                              fmt::format("graph {} of {} neighbours", *winner, voters)});
    return label;
  }

  void inherit_from_package(FileLabel& label, const PackageFamily& package) const {
    if (label.has_evidence || package.family == table_.default_family || package.share < kInheritShare)
      return;
    label.family = package.family;
    label.has_evidence = true;
    label.confidence = kPackageStrength * package.share;
    label.evidence.push_back({EvidenceKind::kPackage, label.family, label.confidence,
                              fmt::format("package {:.0f}% of files", 100 * package.share)});
  }

  io::Framework render(const FileLabel& label, const PackageFamily& package) const {
    io::Framework framework{.label = table_.families[label.family].label,
                            .confidence = label.has_evidence ? label.confidence : kDefaultConfidence,
                            .evidence = {},
                            .package_label = table_.families[package.family].label};
    for (const Evidence& item : label.evidence) {
      if (item.family != label.family || framework.evidence.size() >= kMaxEvidence) break;
      framework.evidence.push_back(item.text);
    }
    return framework;
  }

  const FrameworkTable& table_;
  const PackageTree& packages_;
  const std::vector<FactFile>& files_;
  FileLabeller labeller_;
  std::vector<FileLabel> labels_;
};

}  // namespace

std::vector<io::Framework> label_source(const FrameworkTable& table, const PackageTree& packages,
                                        const std::vector<FactFile>& files) {
  return SourceLabeller(table, packages, files).run();
}

}  // namespace palimpsest::ingest
