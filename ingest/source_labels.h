// Labels for all files of a source: each by its own evidence, and files without any by their neighbours in
// the import graph, then by their package.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/io/document.h"
#include "ingest/framework_table.h"
#include "ingest/package_info.h"
#include "ingest/syntax_facts.h"

namespace palimpsest::ingest {

struct FactFile {
  std::string_view path;
  const SyntaxFacts* facts = nullptr;
};

/// One entry for each file, as documents record it. REQUIRES: files are sorted by path.
std::vector<io::Framework> label_source(const FrameworkTable& table, const PackageTree& packages,
                                        const std::vector<FactFile>& files);

}  // namespace palimpsest::ingest
