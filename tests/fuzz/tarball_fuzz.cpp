// Tarballs, compressed or not: nothing unsafe or too large comes out.
#include "ingest/tarball.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  using namespace ingest;
  constexpr std::uint64_t kMaxBytes = 1 << 20;
  for (const TopFolder top : {TopFolder::kDrop, TopFolder::kKeep, TopFolder::kFind}) {
    FileCollector collector({.max_file_bytes = 1 << 16, .max_source_bytes = kMaxBytes},
                            FileCollector::SourceMaps::kRead);
    accepts([&] {
      read_tarball(input, "input", kMaxBytes, top, collector);
      std::uint64_t bytes = 0;
      for (const FoundFile& file : collector.finish().files) {
        check(is_safe_path(file.path), "an unsafe path");
        bytes += file.text.size();
      }
      check(bytes <= 2 * kMaxBytes, "more than the limit");  // UTF-16 may grow
    });
  }
}
