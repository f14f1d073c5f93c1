// What shard_bench.py compares: decoding with all checks against zstd alone on the same frames, and rows in
// training order and in file order. Prints JSON; rates are per CPU second of one thread. usage: shard_bench
// SHARD_DIR CACHE_MIB ROWS_FILE: it gets the ids of all train rows in file order.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <vector>

#include <zstd.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/tokens/row_order.h"
#include "common/tokens/shard_file.h"

namespace palimpsest::tokens {
namespace {

constexpr int kRounds = 15;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <typename Work>
double timed(const Work& work) {
  const double begin = cpu_seconds();
  work();
  return cpu_seconds() - begin;
}

/// The file's frames from memory, into one buffer, with one context; zstd's own content checksum included.
std::size_t decode_with_zstd(const std::string& file, std::string& buffer, ZSTD_DCtx* context) {
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < file.size();) {
    const std::size_t size = ZSTD_findFrameCompressedSize(file.data() + at, file.size() - at);
    const std::size_t raw =
        ZSTD_decompressDCtx(context, buffer.data(), buffer.size(), file.data() + at, size);
    if (ZSTD_isError(size) != 0 || ZSTD_isError(raw) != 0) std::abort();
    bytes += raw;
    at += size;
  }
  return bytes;
}

/// Fastest of alternating rounds of both, over the first shard.
void print_decoding(const std::filesystem::path& path) {
  const std::string file = io::read_file(path);
  const ShardFile shard(path);
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string buffer(1 << 20, '\0');
  double zstd = 1e9;
  double ours = 1e9;
  double bytes = 0;
  for (int round = 0; round < kRounds; ++round) {
    zstd =
        std::min(zstd, timed([&] { bytes = static_cast<double>(decode_with_zstd(file, buffer, context)); }));
    ours = std::min(ours, timed([&] {
                      for (std::size_t i = 0; i < shard.frame_count(); ++i) shard.read_frame(i);
                    }));
  }
  ZSTD_freeDCtx(context);
  std::printf("\"megabytes\": %.1f, \"zstd_gb_s\": %.3f, \"ours_gb_s\": %.3f,\n", bytes / 1e6,
              bytes / zstd / 1e9, bytes / ours / 1e9);
}

/// One epoch in training order or in file order: rows copied into a batch, or only viewed in the cache.
template <typename Read>
void read_epoch(const ShardReader& shards, bool random, const Read& read) {
  const std::vector<std::uint64_t> counts = shards.row_counts();
  if (random) {
    const RowOrder order(counts, 1, {counts.begin(), counts.end()});
    const std::uint64_t rows = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    for (std::uint64_t n = 0; n < rows; ++n) {
      const RowRef row = order.at(n);
      read(row.label, row.row);
    }
    return;
  }
  for (std::size_t label = 0; label < counts.size(); ++label) {
    for (std::uint64_t row = 0; row < counts[label]; ++row) read(label, row);
  }
}

void print_rows(const std::filesystem::path& directory, std::size_t cache_bytes) {
  for (const bool random : {true, false}) {
    double cold = 1e9;
    double viewed = 1e9;
    double warm = 1e9;
    double rows = 0;
    for (int round = 0; round < 3; ++round) {
      const ShardReader shards(directory, Split::kTrain, cache_bytes);
      const ShardReader others(directory, Split::kTrain, cache_bytes);
      std::vector<TokenId> batch(shards.row_tokens());
      const auto copy = [&](std::size_t label, std::size_t row) { shards.read_row(label, row, batch); };
      const auto view = [&](std::size_t label, std::size_t row) { others.view_row(label, row); };
      cold = std::min(cold, timed([&] { read_epoch(shards, random, copy); }));
      warm = std::min(warm, timed([&] { read_epoch(shards, random, copy); }));
      viewed = std::min(viewed, timed([&] { read_epoch(others, random, view); }));
      const std::vector<std::uint64_t> counts = shards.row_counts();
      rows = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    }
    const char* name = random ? "random" : "sequential";
    std::printf("\"%s\": %.0f, \"%s_view\": %.0f, \"%s_second_epoch\": %.0f,\n", name, rows / cold, name,
                rows / viewed, name, rows / warm);
  }
}

void write_rows(const std::filesystem::path& directory, const char* path) {
  const ShardReader shards(directory, Split::kTrain);
  std::vector<TokenId> ids(shards.row_tokens());
  std::ofstream file(path, std::ios::binary);
  for (std::size_t label = 0; label < shards.labels().size(); ++label) {
    for (std::size_t row = 0; row < shards.row_count(label); ++row) {
      shards.read_row(label, row, ids);
      file.write(reinterpret_cast<const char*>(ids.data()),
                 static_cast<std::streamsize>(ids.size() * sizeof(TokenId)));
    }
  }
  std::printf("\"row_tokens\": %zu}\n", ids.size());
}

}  // namespace
}  // namespace palimpsest::tokens

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::filesystem::path directory = argv[1];
  std::printf("{");
  palimpsest::tokens::print_decoding(directory / "train/shard-00000.pls");
  palimpsest::tokens::print_rows(directory, std::strtoull(argv[2], nullptr, 10) << 20);
  palimpsest::tokens::write_rows(directory, argv[3]);
}
