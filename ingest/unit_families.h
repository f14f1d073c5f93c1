// What the files of each unit (a package, or a part of a monorepo) show by themselves, counted by family.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "ingest/file_label.h"
#include "ingest/framework_table.h"
#include "ingest/import_graph.h"
#include "ingest/package_info.h"

namespace palimpsest::ingest {

/// A unit is of a family when that share of its files is.
inline constexpr double kPackageShare = 0.3;

using Shares = std::vector<double>;  ///< by family

struct UnitFamilies {
  std::size_t family = 0;  ///< of the whole; the default if none is clear
  Shares shares;           ///< decided files of each family / all files; more in a unit devoted to the family
  bool mixed = false;      ///< two families that have nothing to do with each other
};

/// True when neither imports nor syntax of the file decided.
bool decided_by_path(const FileLabel& label);

/// `units` and `labels` have an entry for each file.
std::map<const PackageInfo*, UnitFamilies> count_unit_families(const FrameworkTable& table,
                                                               const FileLabeller& labeller,
                                                               const std::vector<FactFile>& files,
                                                               const std::vector<const PackageInfo*>& units,
                                                               const std::vector<FileLabel>& labels);

}  // namespace palimpsest::ingest
