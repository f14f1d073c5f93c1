#include "ingest/unit_families.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace palimpsest::ingest {
namespace {

// A family that builds on another claims the other's files for its package only if it has some share of its
// own.
constexpr double kOwnShare = 0.1;
// The share of its files that a package's name or its being an application stands for; so does a peer
// dependency that is not optional, if there are some such files: kOwnShare where the peer owns the
// application, else kPeerShare.
constexpr double kDevotedShare = 0.3;
constexpr double kPeerShare = 0.2;
// A family that the package does not depend on is there all the same when that share of its files shows it by
// imports or syntax.
constexpr double kShownShare = 0.3;

/// Input of tests says nothing about the package: a codemod's is code for other frameworks.
bool is_fixture(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kFolders = {"__fixtures__/", "__testfixtures__/",
                                                               "fixtures/", "testdata/"};
  return std::any_of(kFolders.begin(), kFolders.end(),
                     [&](std::string_view folder) { return path.find(folder) != std::string_view::npos; });
}

struct UnitCounts {
  double files = 0;
  Shares decided;  // files by family
  Shares shown;    // those by imports or syntax
};

class UnitJudge {
 public:
  UnitJudge(const FrameworkTable& table, const FileLabeller& labeller) : table_(table), labeller_(labeller) {}

  UnitFamilies judge(const PackageInfo* unit, const UnitCounts& counts) const {
    UnitFamilies result{.family = 0, .shares = counts.decided, .mixed = false};
    const double total = std::max(counts.files, 1.0);
    for (std::size_t family = 0; family < result.shares.size(); ++family) {
      const bool possible = family == table_.default_family || labeller_.depends(unit, family) ||
                            labeller_.is_devoted_to(unit, family) ||
                            labeller_.lives_in_application(unit, family) ||
                            counts.shown[family] >= kShownShare * total;
      result.shares[family] = possible ? result.shares[family] / total : 0;
    }
    result.family = main_family(result.shares);
    result.mixed = is_mixed(result.shares);
    for (std::size_t family = 0; family < result.shares.size(); ++family) {
      double& share = result.shares[family];
      if ((share > 0 && labeller_.is_devoted_to(unit, family)) ||
          (share >= kOwnShare && labeller_.lives_in_application(unit, family)) ||
          (share > kPeerShare && labeller_.needs_as_peer(unit, family)))
        share = kDevotedShare + (1 - kDevotedShare) * share;
    }
    return result;
  }

 private:
  std::size_t main_family(const Shares& shares) const {
    std::size_t best = table_.default_family;
    double best_share = 0;
    for (std::size_t family = 0; family < shares.size(); ++family) {
      if (family == table_.default_family) continue;
      double share = shares[family];
      if (share >= kOwnShare) {
        for (const std::size_t base : table_.families[family].builds_on) share += shares[base];
      }
      if (share < kPackageShare || share <= best_share) continue;
      best = family;
      best_share = share;
    }
    return best;
  }

  bool is_mixed(const Shares& shares) const {
    for (std::size_t a = 0; a < shares.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const bool both = shares[a] >= kOwnShare && shares[b] >= kOwnShare;
        if (both && !labeller_.are_related(a, b) && a != table_.default_family && b != table_.default_family)
          return true;
      }
    }
    return false;
  }

  const FrameworkTable& table_;
  const FileLabeller& labeller_;
};

}  // namespace

bool decided_by_path(const FileLabel& label) {
  return label.decided && label.evidence.front().kind >= EvidenceKind::kPath;
}

std::map<const PackageInfo*, UnitFamilies> count_unit_families(const FrameworkTable& table,
                                                               const FileLabeller& labeller,
                                                               const std::vector<FactFile>& files,
                                                               const std::vector<const PackageInfo*>& units,
                                                               const std::vector<FileLabel>& labels) {
  std::map<const PackageInfo*, UnitCounts> counts;
  for (std::size_t i = 0; i < files.size(); ++i) {
    UnitCounts& unit = counts[units[i]];
    unit.decided.resize(table.families.size());
    unit.shown.resize(table.families.size());
    if (is_fixture(files[i].path.substr(units[i]->directory.size()))) continue;
    ++unit.files;
    if (!labels[i].decided) continue;
    ++unit.decided[labels[i].family];
    if (!decided_by_path(labels[i])) ++unit.shown[labels[i].family];
  }
  const UnitJudge judge(table, labeller);
  std::map<const PackageInfo*, UnitFamilies> result;
  for (const auto& [unit, count] : counts) result.emplace(unit, judge.judge(unit, count));
  return result;
}

}  // namespace palimpsest::ingest
