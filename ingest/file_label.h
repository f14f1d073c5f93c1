// Which framework family a file belongs to by what the file itself shows: imports, syntax, and path with the
// nearest package's dependencies.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/framework_table.h"
#include "ingest/package_info.h"
#include "ingest/syntax_facts.h"

namespace palimpsest::ingest {

/// In order of precedence.
enum class EvidenceKind { kImport, kSyntax, kPath, kGraph, kPackage };

const char* evidence_name(EvidenceKind kind);

struct Evidence {
  EvidenceKind kind = EvidenceKind::kImport;
  std::size_t family = 0;
  double strength = 0;  ///< 0 to 1
  std::string text;     ///< e.g. `@nestjs/common`
};

struct FileLabel {
  std::size_t family = 0;
  double confidence = 0;
  bool has_evidence = false;       ///< false: nothing speaks for any family; `family` is the default
  bool decided = false;            ///< some evidence in the file itself is more than a hint
  std::vector<Evidence> evidence;  ///< of all families, the most important first
};

/// Labels files of one source. Thread-safe. REQUIRES: table and packages outlive it.
class FileLabeller {
 public:
  FileLabeller(const FrameworkTable& table, const PackageTree& packages);

  /// `path` is inside the source; path rules see the part below the nearest package's folder. `local` are
  /// imports that lead to files of the same package although they look like packages: they are no evidence.
  FileLabel label(std::string_view path, const SyntaxFacts& facts,
                  const std::vector<std::string>& local = {}) const;

  /// True when the package lists a dependency of the family. A workspace root never does: its list says
  /// little.
  bool depends(const PackageInfo* package, std::size_t family) const;

  bool builds_on(std::size_t family, std::size_t base) const;

  /// True when they are the same, or one builds on the other.
  bool are_related(std::size_t a, std::size_t b) const;

  /// True when the package is an application of the family by its runtime dependencies, or one of the
  /// family's own modules by its name: nestjs-clock is a Nest library.
  bool is_devoted_to(const PackageInfo* package, std::size_t family) const;

  /// True when the package is a library for applications of the family only: what makes a package an
  /// application is a peer dependency that is not optional.
  bool lives_in_application(const PackageInfo* package, std::size_t family) const;

  /// True when the package is a library that cannot do without the family.
  bool needs_as_peer(const PackageInfo* package, std::size_t family) const;

 private:
  std::vector<Evidence> collect(std::string_view path, const SyntaxFacts& facts,
                                const std::vector<std::string>& local) const;
  FileLabel decide(std::vector<Evidence> evidence) const;

  const FrameworkTable& table_;
  const PackageTree& packages_;
  std::map<const PackageInfo*, std::vector<bool>> depends_;
};

}  // namespace palimpsest::ingest
