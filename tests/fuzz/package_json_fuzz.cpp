// package.json, and which package a file belongs to.
#include "ingest/package_info.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  ingest::PackageInfo package;
  if (!accepts([&] { package = ingest::parse_package(input, "packages/a", "input"); })) return;
  check(package.directory == "packages/a", "another directory");
  ingest::PackageTree tree;
  tree.add(package);
  const ingest::PackageInfo* nearest = tree.nearest("packages/a/src/b.ts");
  check(nearest == nullptr || nearest->name == package.name, "another package");
  tree.license("packages/a/src/b.ts");
}
