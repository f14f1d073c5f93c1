// Source maps: paths of sources stay inside the package.
#include "ingest/source_files.h"
#include "ingest/source_map.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  const auto content = ingest::read_source_map(input, "dist/bundle.js.map");
  if (!content) return;
  for (const ingest::MappedSource& source : content->sources)
    check(source.path.find("../") == std::string::npos && !source.path.starts_with('/'), "a path that leads out");
  // The collector decides whether to take them.
  ingest::FileCollector collector({.max_file_bytes = 1 << 20, .max_source_bytes = 1 << 24},
                                  ingest::FileCollector::SourceMaps::kRead);
  accepts([&] {
    if (collector.wants("dist/bundle.js.map", input.size())) collector.take("dist/bundle.js.map", std::string(input), "");
    for (const ingest::FoundFile& file : collector.finish().files)
      check(ingest::is_safe_path(file.path), "an unsafe path");
  });
}
