// Source maps: paths of sources stay inside the package.
#include <algorithm>
#include <filesystem>

#include "ingest/source_files.h"
#include "ingest/source_map.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  const auto content = ingest::read_source_map(input, "dist/bundle.js.map");
  if (!content) return;
  for (const ingest::MappedSource& source : content->sources) {
    const std::filesystem::path path(source.path);
    const bool leads_out = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
    check(!leads_out, "a path that leads out");
  }
  // The collector decides whether to take them.
  ingest::FileCollector collector({.max_file_bytes = 1 << 20, .max_source_bytes = 1 << 24},
                                  ingest::FileCollector::SourceMaps::kRead);
  accepts([&] {
    if (collector.wants("dist/bundle.js.map", input.size()))
      collector.take("dist/bundle.js.map", std::string(input), "");
    for (const ingest::FoundFile& file : collector.finish().files)
      check(ingest::is_safe_path(file.path), "an unsafe path");
  });
}
