// Labels for all files of a source: each by its own evidence, and files without any by their neighbours in
// the import graph together with their package.
#pragma once

#include <string>
#include <vector>

#include "common/io/document.h"
#include "ingest/file_label.h"
#include "ingest/framework_table.h"
#include "ingest/import_graph.h"
#include "ingest/package_info.h"

namespace palimpsest::ingest {

/// Of a file for which nothing speaks.
inline constexpr double kDefaultConfidence = 0.5;

struct LabelledFile {
  FileLabel label;
  std::size_t package_family = 0;  ///< the default family if no other is clear
  std::string unit;  ///< folder of the package, or of the part of a monorepo, that it belongs to
};

/// One entry for each file. REQUIRES: files are sorted by path.
std::vector<LabelledFile> label_files(const FrameworkTable& table, const PackageTree& packages,
                                      const std::vector<FactFile>& files);

/// The same as documents record it.
std::vector<io::Framework> label_source(const FrameworkTable& table, const PackageTree& packages,
                                        const std::vector<FactFile>& files);

}  // namespace palimpsest::ingest
