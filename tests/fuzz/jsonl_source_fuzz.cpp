// JSON Lines as a source: every line is a file or skipped.
#include "ingest/jsonl_source.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace ingest;
  FileCollector collector({.max_file_bytes = 1 << 16, .max_source_bytes = 1 << 20},
                          FileCollector::SourceMaps::kIgnore);
  accepts([&] {
    read_jsonl(input_file("input.jsonl", input), "text", collector);
    for (const FoundFile& file : collector.finish().files) check(is_safe_path(file.path), "an unsafe path");
  });
}
