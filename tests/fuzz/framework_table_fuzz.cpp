// frameworks.toml.
#include "ingest/framework_table.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  accepts([&] {
    const ingest::FrameworkTable table = ingest::parse_framework_table(input, "input");
    check(table.default_family < table.families.size(), "no default family");
    for (const ingest::Family& family : table.families) {
      for (const std::size_t base : family.builds_on)
        check(base < table.families.size(), "base out of range");
      for (const ingest::Rule& rule : family.rules)
        check(rule.strength >= 0 && rule.strength <= 1, "strength out of range");
    }
  });
}
