// .gitignore files of a folder. The first line is a path that is asked for.
#include "ingest/ignore_rules.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string path = as_utf8(input.substr(0, end));
  const auto file = input_file(".gitignore", input.substr(std::min(end + 1, input.size())));
  const ingest::IgnoreRules rules(file.parent_path());
  accepts([&] {
    const bool first = rules.ignores("src/index.ts", false);
    check(first == rules.ignores("src/index.ts", false), "another answer the second time");
    if (!path.empty() && path[0] != '/' && path.find('\0') == std::string::npos) rules.ignores(path, false);
  });
}
