#include "shard/stats_command.h"

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/stage.h"
#include "common/io/folder.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_file.h"
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
  return fmt::format("{:<6} {:<10} {:>6} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8.3f} {:>8.2f}% {:>8.2f}%\n",
                     split, label, repos, counts.rows, counts.segments, counts.tokens, counts.header_tokens,
                     counts.text_bytes, counts.bytes_per_token(), 100 * counts.padding_share(),
                     100 * counts.first_fit_padding_share());
}

}  // namespace

std::string stats_table(const io::Folder& folder) {
  const io::Manifest manifest = io::read_manifest(folder, tokens::kShardStage);
  const std::string where = folder.where(io::kManifestName);
  std::string table = fmt::format("{:<6} {:<10} {:>6} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8} {:>9} {:>9}\n",
                                  "split", "label", "repos", "rows", "segments", "tokens", "header",
                                  "text bytes", "bytes/t", "padding", "first-fit");
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

std::string repositories_table(const io::Folder& folder) {
  struct Repository {
    std::uint64_t rows = 0;
    RowCounts counts;
    std::set<std::string> documents;
  };
  std::map<std::tuple<tokens::Split, std::string, std::string>, Repository> repositories;
  for (const io::OutputFile& output : io::read_manifest(folder, tokens::kShardStage).outputs) {
    if (!output.path.ends_with(".pls")) continue;
    const tokens::ShardFile shard(folder.open(output));
    for (std::size_t row = 0; row < shard.row_count(); ++row) {
      const std::string& label = shard.header().labels[shard.row_label(row)];
      std::set<Repository*> in_row;
      for (const tokens::SegmentInfo& segment : shard.segments(row)) {
        const tokens::DocumentOrigin& origin = shard.documents()[segment.document];
        Repository& repository = repositories[{shard.header().split, label, origin.repo}];
        in_row.insert(&repository);
        repository.documents.insert(origin.id);
        ++repository.counts.segments;
        repository.counts.tokens += static_cast<std::uint64_t>(segment.end - segment.begin);
        repository.counts.header_tokens += segment.header_tokens;
        repository.counts.text_bytes += segment.text_bytes();
      }
      for (Repository* repository : in_row) ++repository->rows;
    }
  }
  std::string table = fmt::format("{:<6} {:<10} {:>9} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8}  {}\n", "split",
                                  "label", "documents", "in rows", "segments", "tokens", "header",
                                  "text bytes", "bytes/t", "repository");
  for (const auto& [key, repository] : repositories) {
    const auto& [split, label, name] = key;
    const RowCounts& counts = repository.counts;
    table += fmt::format("{:<6} {:<10} {:>9} {:>8} {:>9} {:>11} {:>11} {:>12} {:>8.3f}  {}\n",
                         tokens::split_name(split), label, repository.documents.size(), repository.rows,
                         counts.segments, counts.tokens, counts.header_tokens, counts.text_bytes,
                         counts.bytes_per_token(), name);
  }
  return table;
}

void add_stats_command(base::Stage& stage) {
  struct StatsOptions {
    std::filesystem::path directory;
    bool repositories = false;
    io::RemoteOptions remote;
  };
  const auto options = std::make_shared<StatsOptions>();
  CLI::App& app =
      stage.add("stats", "Tables rows, tokens, padding and bytes by split and label", [options](auto&) {
        const io::Folder folder(options->directory, options->remote);
        const std::string table = options->repositories ? repositories_table(folder) : stats_table(folder);
        std::fputs(table.c_str(), stdout);
      });
  app.add_option("directory", options->directory, "Output directory of `shard build`, or its URL")
      ->required();
  app.add_flag("--repositories", options->repositories, "By repository instead, from the row tables");
  io::add_remote_options(app, options->remote);
}

}  // namespace palimpsest::shard
