// Cached results of sources: damage is refused, what is accepted survives a round trip.
#include "common/io/file.h"
#include "common/io/zstd.h"
#include "ingest/source_result.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace ingest;
  const auto file = input_file("result.zst", "");
  io::ZstdWriter writer(file, 1);
  writer.write(input);
  writer.finish();
  SourceResult result;
  if (!accepts([&] { result = load_source_result(file); })) return;
  save_source_result(result, file);
  const std::string bytes = io::read_file(file);
  save_source_result(load_source_result(file), file);
  check(io::read_file(file) == bytes, "another result after a round trip");
}
