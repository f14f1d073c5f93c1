// The parts of a repository that work as one application or library, with what each uses. Mostly the
// packages; where a package.json is missing or belongs to a whole monorepo, the folders apps/X, libs/X,
// backend and so on.
#pragma once

#include <vector>

#include "ingest/import_graph.h"
#include "ingest/package_info.h"

namespace palimpsest::ingest {

/// A tree in which nearest() never answers null for a file of `files`. The dependencies of a unit that has a
/// package.json of its own are itself, those stated there, and those that many of its files import; those of
/// any other unit are what its files import. No unit is a workspace root.
PackageTree project_units(const PackageTree& packages, const std::vector<FactFile>& files);

}  // namespace palimpsest::ingest
