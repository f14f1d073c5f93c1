// Lists of sources, tab-separated and TOML.
#include "ingest/source_list.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  for (const char* name : {"folder/list.tsv", "folder/list.toml"}) {
    accepts([&] {
      const auto specs = ingest::parse_list(input, name);
      check(!specs.empty(), "an empty list");
      for (const auto& spec : specs)
        check(!spec.location.empty() && !spec.text().empty(), "a source without place");
    });
  }
}
