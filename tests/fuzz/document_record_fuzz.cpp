// One record of documents-*.jsonl.zst: what is accepted has tiling chunks and survives a round trip.
#include "common/io/document.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  io::Document document;
  if (!accepts([&] { document = io::parse_document(std::string(input), "input"); })) return;
  std::uint64_t end = 0;
  for (const io::Chunk& chunk : document.chunks) {
    check(chunk.begin == end && chunk.end > end, "chunks do not tile");
    end = chunk.end;
  }
  check(end == document.text.size(), "chunks do not cover the text");
  const std::string line = io::to_json_line(document);
  check(line.find('\n') == std::string::npos, "a record of two lines");
  check(io::to_json_line(io::parse_document(line, "again")) == line, "another record after a round trip");
}
