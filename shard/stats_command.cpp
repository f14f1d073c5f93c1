#include "shard/stats_command.h"

#include <cstdio>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/stage.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_format.h"
#include "shard/shard_counts.h"

namespace palimpsest::shard {
namespace {

constexpr const char* kAllLabels = "all";

std::uint64_t repositories(const io::Json& counts, const std::string& split, const std::string& label) {
  const io::Json::json_pointer place("/repositories/" + label + "/" + split + "/repositories");
  return counts.contains(place) ? counts[place].get<std::uint64_t>() : 0;
}

std::string line(const std::string& split, const std::string& label, const RowCounts& counts,
                 const std::string& repos) {
  return fmt::format("{:<6} {:<10} {:>6} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8.3f} {:>8.2f}%\n", split, label,
                     repos, counts.rows, counts.segments, counts.tokens, counts.header_tokens,
                     counts.text_bytes, counts.bytes_per_token(), 100 * counts.padding_share());
}

}  // namespace

std::string stats_table(const std::filesystem::path& directory) {
  const io::Manifest manifest = io::read_manifest(directory, tokens::kShardStage);
  const std::string where = (directory / io::kManifestName).string();
  std::string table =
      fmt::format("{:<6} {:<10} {:>6} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8} {:>9}\n", "split", "label",
                  "repos", "rows", "segments", "tokens", "header", "text bytes", "bytes/t", "padding");
  const auto splits = io::require<io::Json>(manifest.counts, "splits", where);
  for (const auto& [split, labels] : splits.items()) {
    RowCounts all;
    for (const auto& [label, json] : labels.items()) {
      const RowCounts counts = parse_row_counts(json, where);
      table += line(split, label, counts, std::to_string(repositories(manifest.counts, split, label)));
      all += counts;
    }
    table += line(split, kAllLabels, all, "");
  }
  return table;
}

void add_stats_command(base::Stage& stage) {
  const auto directory = std::make_shared<std::filesystem::path>();
  CLI::App& app = stage.add("stats", "Tables rows, tokens, padding and bytes by split and label",
                            [directory](auto&) { std::fputs(stats_table(*directory).c_str(), stdout); });
  app.add_option("directory", *directory, "Output directory of `shard build`")->required();
}

}  // namespace palimpsest::shard
