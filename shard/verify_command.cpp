#include "shard/verify_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "common/base/error.h"
#include "common/base/signals.h"
#include "common/base/stage.h"
#include "common/io/folder.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_file.h"

namespace palimpsest::shard {
namespace {

using tokens::TokenId;

/// The rules that checksums cannot know: what a correct writer writes.
void check_row(const tokens::ShardFile& shard, std::size_t row, std::span<const TokenId> ids) {
  const auto segments = shard.segments(row);
  const auto is_special = [](TokenId id) { return id < tokens::kSpecialCount; };
  bool good = true;
  for (const tokens::SegmentInfo& segment : segments) {
    const auto text = ids.subspan(segment.begin, static_cast<std::size_t>(segment.end - segment.begin - 1));
    good =
        good && ids[segment.end - 1U] == tokens::kEndId && std::none_of(text.begin(), text.end(), is_special);
  }
  const auto rest = ids.subspan(segments.back().end);
  good = good && std::all_of(rest.begin(), rest.end(), [](TokenId id) { return id == tokens::kPadId; });
  if (!good) {
    throw base::Error(base::ErrorCode::kBadData, "row with misplaced special tokens",
                      {.got = "row " + std::to_string(row), .where = shard.where()});
  }
}

void verify_frames(const tokens::ShardFile& shard, VerifyResult& result) {
  const std::size_t row_tokens = shard.header().row_tokens;
  for (std::size_t frame = 0; frame < shard.frame_count(); ++frame) {
    base::throw_if_stopped();
    try {
      const std::vector<TokenId> ids = shard.read_frame(frame);
      for (std::size_t i = 0; i < ids.size() / row_tokens; ++i) {
        check_row(shard, shard.first_row(frame) + i, std::span(ids).subspan(i * row_tokens, row_tokens));
        ++result.rows;
      }
      ++result.frames;
    } catch (const base::Error& error) {
      if (error.code() != base::ErrorCode::kBadData) throw;
      result.damage.emplace_back(error.what());
    }
  }
}

void verify_file(const io::Folder& folder, const io::OutputFile& output, VerifyResult& result) {
  const std::size_t damage_before = result.damage.size();
  ++result.files;
  try {
    if (output.path.ends_with(".pls")) verify_frames(tokens::ShardFile(folder.open(output)), result);
    if (result.damage.size() == damage_before) io::verify_output(folder, output);
  } catch (const base::Error& error) {
    result.damage.emplace_back(error.what());
  }
}

void run_verify(const io::Folder& folder) {
  const VerifyResult result = verify_shards(folder);
  for (const std::string& line : result.damage) std::printf("%s\n", line.c_str());
  if (!result.damage.empty()) {
    throw base::Error(base::ErrorCode::kBadData, std::to_string(result.damage.size()) + " damaged parts",
                      {.where = folder.where(), .hint = "run `shard build` again with --overwrite"});
  }
  std::printf("shard verify: %llu files, %llu frames, %llu rows, all good -> %s\n",
              static_cast<unsigned long long>(result.files), static_cast<unsigned long long>(result.frames),
              static_cast<unsigned long long>(result.rows), folder.where().c_str());
}

}  // namespace

VerifyResult verify_shards(const io::Folder& folder) {
  VerifyResult result;
  for (const io::OutputFile& output : io::read_manifest(folder, tokens::kShardStage).outputs) {
    verify_file(folder, output, result);
  }
  return result;
}

void add_verify_command(base::Stage& stage) {
  struct VerifyOptions {
    std::filesystem::path directory;
    io::RemoteOptions remote;
  };
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App& app = stage.add("verify", "Checks every byte of a shard directory", [options](auto&) {
    run_verify(io::Folder(options->directory, options->remote));
  });
  app.add_option("directory", options->directory, "Output directory of `shard build`, or its URL")
      ->required();
  io::add_remote_options(app, options->remote);
}

}  // namespace palimpsest::shard
