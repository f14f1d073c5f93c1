// What a loader sees of shards in a directory or at a URL: prints the SHA-256 of the ids of ROWS rows in
// training order, read ahead, and the seconds that took. usage: stream_rows LOCATION ROWS [CACHE_DIR
// [CACHE_BYTES]]
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/logging.h"
#include "common/base/signals.h"
#include "common/io/folder.h"
#include "common/tokens/row_stream.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kMemoryBytes = 8 << 20;  // small, so that frames are read more than once

void stream(const io::Folder& folder, std::uint64_t rows) {
  const auto begin = std::chrono::steady_clock::now();
  const ShardReader shards(folder, Split::kTrain, kMemoryBytes);
  std::vector<std::uint64_t> counts;
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    counts.push_back(shards.row_count(label));
  }
  RowStream order(shards, RowOrder(counts, 1, {counts.begin(), counts.end()}));
  std::vector<TokenId> ids(shards.row_tokens());
  base::Sha256 digest;
  for (std::uint64_t n = 0; n < rows; ++n) {
    order.next(ids);
    digest.update({reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(TokenId)});
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%s\n", digest.hex().c_str());
  std::fprintf(stderr, "%.2f s\n", seconds.count());
}

}  // namespace
}  // namespace palimpsest::tokens

int main(int argc, char** argv) {
  using namespace palimpsest;
  if (argc < 3) return 2;
  base::install_signal_handlers();
  base::set_up_logging("stream_rows", "text", "info");
  io::RemoteOptions options{.attempts = 3, .stall_seconds = 1, .first_delay_seconds = 0.01};
  if (argc > 3) options.cache = argv[3];
  if (argc > 4) options.cache_bytes = std::stoull(argv[4]);
  try {
    tokens::stream(io::Folder(argv[1], options), std::stoull(argv[2]));
    return 0;
  } catch (const base::Interrupted& interrupted) {
    return 128 + interrupted.signal();
  } catch (const base::Error& error) {
    std::fprintf(stderr, "stream_rows: error: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
