#include "ingest/source_labels.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "ingest/linked_files.h"
#include "ingest/project_units.h"
#include "ingest/unit_families.h"

namespace palimpsest::ingest {
namespace {

// A file without decisive evidence of its own counts votes: one for each neighbour in the import graph and
// kPriorVotes for its package, split as the package's files are. Undecided neighbours only dilute.
constexpr double kPriorVotes = 2;
constexpr double kInheritedVote = 0.7;
constexpr double kUndecidedVote = 0.5;
constexpr double kHintVotes = 2;  // times the hint's strength
// The share of votes that a family needs where its package is of the family, and elsewhere; its lead over the
// next one. The first is hardly above kPackageShare: the package alone is enough, unless a hint speaks
// against it.
constexpr double kNeededShare = 0.32;
constexpr double kNeededShareAbroad = 0.5;
constexpr double kNeededLead = 1.15;
// Rounds of inheritance along imports; a label inherited later is less sure.
constexpr int kRounds = 2;
constexpr double kInheritStrength = 0.6;
constexpr double kRoundDecay = 0.8;
// A group of at least that many linked files, none of which shows the package's family, is something else.
constexpr std::size_t kGroupFiles = 8;
// In a package of two unrelated families the nearest folder with that many decided files speaks instead of
// the package.
constexpr double kFolderVoters = 3;
// A file of re-exports is what it exports, if that share of it is of one family.
constexpr double kBarrelShare = 0.6;
constexpr std::size_t kMaxEvidence = 8;

class SourceLabeller {
 public:
  SourceLabeller(const FrameworkTable& table, const PackageTree& packages, const std::vector<FactFile>& files)
      : table_(table),
        files_(files),
        units_(project_units(packages, files)),
        edges_(import_graph(files, packages, units_)),
        labeller_(table, units_) {}

  std::vector<LabelledFile> run() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      own_.push_back(labeller_.label(files_[i].path, *files_[i].facts, edges_[i].aliases));
      unit_of_.push_back(units_.nearest(files_[i].path));
    }
    families_ = count_unit_families(table_, labeller_, files_, unit_of_, own_);
    count_groups();
    count_folders();
    for (std::size_t i = 0; i < files_.size(); ++i) doubt_path(i);
    labels_ = own_;
    double strength = kInheritStrength;
    for (int round = 0; round < kRounds; ++round, strength *= kRoundDecay) {
      std::vector<FileLabel> next = labels_;
      for (std::size_t i = 0; i < files_.size(); ++i) {
        if (!labels_[i].decided && !inherited(i)) next[i] = vote(i, strength);
      }
      labels_ = std::move(next);
    }
    std::vector<LabelledFile> result;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      result.push_back({std::move(labels_[i]), families_.at(unit_of_[i]).family, unit_of_[i]->directory});
    }
    return result;
  }

 private:
  bool inherited(std::size_t file) const {
    return !labels_[file].evidence.empty() && labels_[file].evidence.front().kind >= EvidenceKind::kGraph;
  }

  /// Folders of mixed units: what their files show by imports and syntax, and at the end how many files they
  /// have.
  void count_folders() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (!families_.at(unit_of_[i]).mixed) continue;
      std::string_view folder = files_[i].path;
      while (next_folder(folder, i)) {
        Shares& counts = folders_[folder];
        counts.resize(table_.families.size() + 1);
        ++counts.back();
        if (own_[i].decided && !decided_by_path(own_[i])) ++counts[own_[i].family];
      }
    }
  }

  /// Groups of linked files: how many show each family, and at the end how many there are.
  void count_groups() {
    group_of_ = linked_files(edges_, unit_of_);
    for (std::size_t i = 0; i < files_.size(); ++i) {
      Shares& counts = groups_[group_of_[i]];
      counts.resize(table_.families.size() + 1);
      ++counts.back();
      if (own_[i].decided) ++counts[own_[i].family];
    }
  }

  /// True when the file is part of a large group in which nothing shows the family or a related one, in a
  /// package that is not devoted to the family.
  bool is_apart(std::size_t file, std::size_t family) const {
    const Shares& counts = groups_.at(group_of_[file]);
    if (family == table_.default_family || counts.back() < kGroupFiles) return false;
    if (labeller_.is_devoted_to(unit_of_[file], family)) return false;
    for (std::size_t other = 0; other < table_.families.size(); ++other) {
      if (counts[other] > 0 && labeller_.are_related(family, other)) return false;
    }
    return true;
  }

  /// Moves to the folder above; false at the unit's own folder.
  bool next_folder(std::string_view& path, std::size_t file) const {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos || slash <= unit_of_[file]->directory.size()) return false;
    path = path.substr(0, slash);
    return true;
  }

  /// What the file's package, or its part of the package, is made of.
  Shares surroundings(std::size_t file) const {
    Shares shares = folder_or_package(file);
    for (std::size_t family = 0; family < shares.size(); ++family) {
      if (shares[family] > 0 && is_apart(file, family)) shares[family] = 0;
    }
    return shares;
  }

  Shares folder_or_package(std::size_t file) const {
    const UnitFamilies& unit = families_.at(unit_of_[file]);
    std::string_view folder = files_[file].path;
    while (unit.mixed && next_folder(folder, file)) {
      Shares counts = folders_.at(folder);
      const double files = counts.back();
      counts.pop_back();
      if (std::accumulate(counts.begin(), counts.end(), 0.0) < kFolderVoters) continue;
      for (double& count : counts) count /= files;
      return counts;
    }
    return unit.shares;
  }

  /// In a mixed package x.service.ts is not Nest's where only React lives.
  void doubt_path(std::size_t file) {
    FileLabel& label = own_[file];
    if (!families_.at(unit_of_[file]).mixed || !decided_by_path(label)) return;
    const Shares shares = surroundings(file);
    for (std::size_t family = 0; family < shares.size(); ++family) {
      if (labeller_.are_related(family, label.family) && shares[family] > 0) return;
    }
    label.decided = false;
  }

  /// In a Next.js application a vote for React is one for the application.
  std::size_t pooled(std::size_t family, const UnitFamilies& unit) const {
    return labeller_.builds_on(unit.family, family) ? unit.family : family;
  }

  /// Votes by family, of all voters, and of neighbours for the explanation.
  struct Ballot {
    Shares package;  // what surrounds the file, as its application's families
    Shares votes;
    double total = 0;
    std::vector<std::size_t> neighbours;  // by family, then all
  };

  static bool is_home(const Ballot& ballot, std::size_t family) {
    return ballot.package[family] >= kPackageShare;
  }

  void count_neighbour(std::size_t neighbour, std::size_t file, bool pool, Ballot& ballot) const {
    const bool has_label = labels_[neighbour].decided || inherited(neighbour);
    ++ballot.neighbours.back();
    if (!has_label) return count_package(kUndecidedVote, ballot);
    const std::size_t own = labels_[neighbour].family;
    const std::size_t family = pool ? pooled(own, families_.at(unit_of_[file])) : own;
    const double weight = labels_[neighbour].decided ? 1 : kInheritedVote;
    ballot.total += weight;
    ballot.votes[family] += weight;
    ++ballot.neighbours[family];
  }

  /// Who uses a file says something about it only where the package is of the user's family.
  void count_importer(std::size_t importer, std::size_t file, Ballot& ballot) const {
    const std::size_t family = pooled(labels_[importer].family, families_.at(unit_of_[file]));
    if (family == table_.default_family || is_home(ballot, family))
      return count_neighbour(importer, file, true, ballot);
    ++ballot.neighbours.back();
    count_package(kUndecidedVote, ballot);
  }

  static void count_package(double weight, Ballot& ballot) {
    ballot.total += weight;
    for (std::size_t family = 0; family < ballot.package.size(); ++family)
      ballot.votes[family] += weight * ballot.package[family];
  }

  Ballot empty_ballot(std::size_t file) const {
    Ballot ballot{.package = Shares(table_.families.size()),
                  .votes = Shares(table_.families.size()),
                  .total = 0,
                  .neighbours = std::vector<std::size_t>(table_.families.size() + 1)};
    const Shares shares = surroundings(file);
    for (std::size_t family = 0; family < shares.size(); ++family)
      ballot.package[pooled(family, families_.at(unit_of_[file]))] += shares[family];
    return ballot;
  }

  /// The family with the most votes of neighbours, package and hints; without a clear one the label stays as
  /// it is.
  FileLabel vote(std::size_t file, double strength) const {
    if (files_[file].facts->is_barrel) {
      Ballot ballot = empty_ballot(file);
      for (const std::size_t imported : edges_[file].imports) count_neighbour(imported, file, false, ballot);
      const double most = *std::max_element(ballot.votes.begin(), ballot.votes.end());
      if (most > 0 && most >= kBarrelShare * ballot.total) return winner(file, ballot, strength);
    }
    Ballot ballot = empty_ballot(file);
    count_package(kPriorVotes, ballot);
    for (const std::size_t imported : edges_[file].imports) {
      const bool foreign = unit_of_[imported] != unit_of_[file];
      if (!foreign || labels_[imported].decided || inherited(imported))
        count_neighbour(imported, file, true, ballot);
    }
    // Who uses a shared library says nothing about it.
    for (const std::size_t importer : edges_[file].importers) {
      if (unit_of_[importer] == unit_of_[file]) count_importer(importer, file, ballot);
    }
    for (const Evidence& hint : own_[file].evidence) {
      ballot.votes[hint.family] += kHintVotes * hint.strength;
      ballot.total += kHintVotes * hint.strength;
    }
    return winner(file, ballot, strength);
  }

  FileLabel winner(std::size_t file, const Ballot& ballot, double strength) const {
    const auto& votes = ballot.votes;
    const auto best = std::max_element(votes.begin(), votes.end());
    const auto family = static_cast<std::size_t>(best - votes.begin());
    double second = 0;
    for (std::size_t i = 0; i < votes.size(); ++i) {
      if (i != family) second = std::max(second, votes[i]);
    }
    const double needed = is_home(ballot, family) ? kNeededShare : kNeededShareAbroad;
    const bool by_graph = ballot.neighbours[family] > 0;
    const double share = ballot.package[family];
    const bool clear = *best >= needed * ballot.total && *best >= kNeededLead * second;
    if (!clear || (!by_graph && share == 0)) return hinted(file, ballot);  // or its own hints alone
    FileLabel label = own_[file];
    label.family = family;
    label.has_evidence = true;
    label.confidence = strength * *best / ballot.total;
    Evidence evidence{by_graph ? EvidenceKind::kGraph : EvidenceKind::kPackage, family, label.confidence,
                      by_graph ? fmt::format("graph {} of {} neighbours", ballot.neighbours[family],
                                             ballot.neighbours.back())
                               : fmt::format("package {:.0f}% of files", 100 * share)};
    label.evidence.insert(label.evidence.begin(), std::move(evidence));
    return label;
  }

  /// What a file's hints alone make of it; nothing where its package is something else.
  FileLabel hinted(std::size_t file, const Ballot& ballot) const {
    FileLabel label = own_[file];
    const std::size_t family = pooled(label.family, families_.at(unit_of_[file]));
    if (family == table_.default_family || is_home(ballot, family)) return label;
    label.family = table_.default_family;
    label.has_evidence = false;
    return label;
  }

  const FrameworkTable& table_;
  const std::vector<FactFile>& files_;
  PackageTree units_;
  std::vector<FileEdges> edges_;
  FileLabeller labeller_;
  std::vector<const PackageInfo*> unit_of_;
  std::map<const PackageInfo*, UnitFamilies> families_;
  std::map<std::string_view, Shares> folders_;
  std::vector<std::size_t> group_of_;
  std::map<std::size_t, Shares> groups_;
  std::vector<FileLabel> own_;
  std::vector<FileLabel> labels_;
};

}  // namespace

std::vector<LabelledFile> label_files(const FrameworkTable& table, const PackageTree& packages,
                                      const std::vector<FactFile>& files) {
  return SourceLabeller(table, packages, files).run();
}

std::vector<io::Framework> label_source(const FrameworkTable& table, const PackageTree& packages,
                                        const std::vector<FactFile>& files) {
  std::vector<io::Framework> result;
  for (const LabelledFile& file : label_files(table, packages, files)) {
    const FileLabel& label = file.label;
    io::Framework framework{.label = table.families[label.family].label,
                            .confidence = label.has_evidence ? label.confidence : kDefaultConfidence,
                            .evidence = {},
                            .package_label = table.families[file.package_family].label};
    for (const Evidence& item : label.evidence) {
      if (item.family == label.family && framework.evidence.size() < kMaxEvidence)
        framework.evidence.push_back(item.text);
    }
    result.push_back(std::move(framework));
  }
  return result;
}

}  // namespace palimpsest::ingest
