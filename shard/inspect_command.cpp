#include "shard/inspect_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/base/stage.h"
#include "common/io/folder.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_format.h"
#include "common/tokens/shard_reader.h"
#include "common/tokens/tokenizer.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::shard {
namespace {

tokens::Split parse_split(const std::string& name) {
  for (const auto split : {tokens::Split::kTrain, tokens::Split::kValid, tokens::Split::kTest}) {
    if (name == tokens::split_name(split)) return split;
  }
  throw base::Error(base::ErrorCode::kUsage, "bad --split",
                    {.got = name, .expected = "train, valid or test"});
}

std::size_t find_label(const tokens::ShardReader& reader, const InspectOptions& options) {
  const std::vector<std::string>& labels = reader.labels();
  for (std::size_t label = 0; label < labels.size(); ++label) {
    if (options.label.empty() ? reader.row_count(label) > 0 : labels[label] == options.label) return label;
  }
  if (options.label.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "split without rows", {.got = options.split});
  }
  throw base::Error(base::ErrorCode::kUsage, "bad --label",
                    {.got = options.label, .expected = fmt::format("one of {}", fmt::join(labels, ", "))});
}

}  // namespace

std::string describe_row(const InspectOptions& options) {
  const io::Folder folder(options.directory, options.remote);
  const tokens::ShardReader reader(folder, parse_split(options.split));
  const tokens::Tokenizer tokenizer =
      tokens::Tokenizer::parse(tokens::read_shard_tokenizer(folder), folder.where(tokens::kTokenizerFile));
  if (tokenizer.digest() != reader.tokenizer_digest()) {
    throw base::Error(
        base::ErrorCode::kBadData, "tokenizer.json does not belong to the shards",
        {.got = tokenizer.digest(), .expected = reader.tokenizer_digest(), .where = folder.where()});
  }
  const std::size_t label = find_label(reader, options);
  if (options.row >= reader.row_count(label)) {
    throw base::Error(base::ErrorCode::kUsage, "bad --row",
                      {.got = std::to_string(options.row),
                       .expected = fmt::format("less than {}, the rows of {} in {}", reader.row_count(label),
                                               reader.labels()[label], options.split)});
  }
  std::vector<tokens::TokenId> ids(reader.row_tokens());
  reader.read_row(label, options.row, ids);
  const auto segments = reader.segments(label, options.row);
  std::string text = fmt::format("{} row {} of {}, label {}: {} segments, {} tokens, {} padding\n",
                                 options.split, options.row, reader.row_count(label), reader.labels()[label],
                                 segments.size(), segments.back().end, ids.size() - segments.back().end);
  for (const tokens::SegmentInfo& segment : segments) {
    const tokens::DocumentOrigin& origin = reader.documents()[segment.document];
    const auto part =
        std::span(ids).subspan(segment.begin, static_cast<std::size_t>(segment.end - segment.begin));
    text += fmt::format("---- tokens {} to {}, {}:{} bytes {} to {}\n", segment.begin, segment.end - 1,
                        origin.repo, origin.path, segment.text_begin, segment.text_end);
    if (segment.header_tokens > 0) {
      text += fmt::format("[header, {} tokens] {}\n", segment.header_tokens,
                          tokenizer.decode(part.first(segment.header_tokens)));
    }
    text += tokenizer.decode(part.subspan(segment.header_tokens)) + "<|end|>\n";
  }
  return text;
}

void add_inspect_command(base::Stage& stage) {
  const auto options = std::make_shared<InspectOptions>();
  CLI::App& app =
      stage.add("inspect", "Shows a row as text with its segments and their origin", [options](auto&) {
        const std::string text = describe_row(*options);
        std::fwrite(text.data(), 1, text.size(), stdout);
      });
  app.add_option("directory", options->directory, "Output directory of `shard build`, or its URL")
      ->required();
  app.add_option("--split", options->split, "train, valid or test")->capture_default_str();
  app.add_option("--label", options->label, "Framework label; without it, the first that has rows");
  app.add_option("--row", options->row, "Number of the row inside its label")->capture_default_str();
  io::add_remote_options(app, options->remote);
}

}  // namespace palimpsest::shard
