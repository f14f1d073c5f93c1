// A shard from a stranger, as it is and with its checksums made right, so that the checks behind them are
// met.
#include "common/tokens/shard_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"
#include "tests/tokens/shard_bytes.h"

namespace {

using namespace palimpsest;

void read_all(std::string_view bytes) {
  fuzz::accepts([&] {
    const tokens::ShardFile shard(fuzz::input_file("input.pls", bytes));
    const std::size_t vocabulary = shard.header().vocabulary_size;
    for (std::size_t row = 0; row < shard.row_count(); ++row) {
      fuzz::check(shard.row_label(row) < shard.header().labels.size(), "label out of range");
      fuzz::check(shard.frame_of_row(row) < shard.frame_count(), "frame out of range");
      std::size_t end = 0;
      for (const tokens::SegmentInfo& segment : shard.segments(row)) {
        fuzz::check(segment.begin == end && segment.end > end, "segments do not tile");
        fuzz::check(segment.document < shard.documents().size(), "document out of range");
        end = segment.end;
      }
      fuzz::check(end <= shard.header().row_tokens, "segments past the row");
    }
    for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) {
      for (const tokens::TokenId id : shard.read_frame(frame))
        fuzz::check(id < vocabulary, "id out of range");
    }
  });
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view input) {
  read_all(input);
  std::string sealed(input);
  try {
    if (test::frame_offsets(sealed).size() < 4) return;
    test::reseal(sealed);
  } catch (const std::exception&) {
    return;  // it is too damaged to have checksums
  }
  read_all(sealed);
}
