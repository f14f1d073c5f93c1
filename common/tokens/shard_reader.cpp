#include "common/tokens/shard_reader.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/folder.h"
#include "common/io/io_threads.h"
#include "common/io/manifest.h"
#include "common/tokens/frame_cache.h"
#include "common/tokens/shard_file.h"
#include "common/tokens/tokenizer_json.h"

namespace palimpsest::tokens {
namespace {

/// A label's rows in one shard.
struct Run {
  std::size_t shard = 0;
  std::size_t first_row = 0;  ///< in the shard
  std::size_t count = 0;
  std::size_t first_of_label = 0;  ///< number of its first row among the label's
};

struct RowPlace {
  std::size_t shard = 0;
  std::size_t row = 0;
};

ShardFile open_shard(const io::Folder& folder, const io::OutputFile& output) {
  std::unique_ptr<const io::ByteSource> source = folder.open(output);
  if (source->size() != output.bytes) {
    throw base::Error(base::ErrorCode::kBadData, "shard of another size than the manifest says",
                      {.got = std::to_string(source->size()) + " bytes",
                       .expected = std::to_string(output.bytes),
                       .where = source->where()});
  }
  return ShardFile(std::move(source));
}

/// All files of a split, in order.
std::vector<ShardFile> open_shards(const io::Folder& folder, Split split) {
  const io::Manifest manifest = io::read_manifest(folder, kShardStage);
  const std::string prefix = std::string(split_name(split)) + "/";
  std::vector<io::OutputFile> outputs;
  std::copy_if(manifest.outputs.begin(), manifest.outputs.end(), std::back_inserter(outputs),
               [&](const io::OutputFile& output) { return output.path.starts_with(prefix); });
  if (outputs.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no shards of split " + std::string(split_name(split)),
                      {.where = folder.where()});
  }
  std::vector<std::optional<ShardFile>> opened(outputs.size());
  io::for_each_index(folder.parallel_reads(), outputs.size(),
                     [&](std::size_t i) { opened[i] = open_shard(folder, outputs[i]); });
  std::vector<ShardFile> shards;
  for (std::optional<ShardFile>& shard : opened) shards.push_back(*std::move(shard));
  return shards;
}

}  // namespace

const char* split_name(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValid:
      return "valid";
    case Split::kTest:
      return "test";
  }
  throw base::Error(base::ErrorCode::kBug, "no such split");
}

std::string shard_file_name(Split split, std::size_t index) {
  return fmt::format("{}/shard-{:05}.pls", split_name(split), index);
}

std::string read_shard_tokenizer(const io::Folder& folder) {
  const io::Manifest manifest = io::read_manifest(folder, kShardStage);
  for (const io::OutputFile& output : manifest.outputs) {
    if (output.path == kTokenizerFile) return folder.read(output);
  }
  throw base::Error(base::ErrorCode::kBadData, fmt::format("no {} in the manifest", kTokenizerFile),
                    {.where = folder.where(io::kManifestName)});
}

struct ShardReader::State {
  ShardHeader header;
  std::vector<ShardFile> shards;
  std::vector<std::vector<Run>> runs;              ///< by label
  std::vector<std::vector<SegmentInfo>> segments;  ///< by shard, with documents numbered over all shards
  std::vector<DocumentOrigin> documents;
  mutable FrameCache cache;
  std::size_t parallel_reads = 1;

  explicit State(std::size_t cache_bytes) : cache(cache_bytes) {}

  void add(ShardFile shard, std::unordered_map<std::string, std::uint32_t>& document_numbers) {
    std::vector<std::uint32_t> numbers;
    for (const DocumentOrigin& origin : shard.documents()) {
      const auto [found, added] =
          document_numbers.emplace(origin.id, static_cast<std::uint32_t>(documents.size()));
      if (added) documents.push_back(origin);
      numbers.push_back(found->second);
    }
    std::vector<SegmentInfo> renumbered;
    for (std::size_t row = 0; row < shard.row_count(); ++row) {
      for (SegmentInfo segment : shard.segments(row)) {
        segment.document = numbers[segment.document];
        renumbered.push_back(segment);
      }
      std::vector<Run>& label_runs = runs[shard.row_label(row)];
      if (label_runs.empty() || label_runs.back().shard != shards.size()) {
        label_runs.push_back({shards.size(), row, 0, rows_of(label_runs)});
      }
      ++label_runs.back().count;
    }
    segments.push_back(std::move(renumbered));
    shards.push_back(std::move(shard));
  }

  static std::size_t rows_of(const std::vector<Run>& runs) {
    return runs.empty() ? 0 : runs.back().first_of_label + runs.back().count;
  }

  RowPlace place(std::size_t label, std::size_t row) const {
    const std::vector<Run>& label_runs = runs.at(label);
    if (row >= rows_of(label_runs)) {
      throw base::Error(base::ErrorCode::kBug, "row number out of range",
                        {.got = std::to_string(row), .where = "label " + header.labels.at(label)});
    }
    const auto behind =
        std::upper_bound(label_runs.begin(), label_runs.end(), row,
                         [](std::size_t r, const Run& run) { return r < run.first_of_label; });
    const Run& run = *std::prev(behind);
    return {run.shard, run.first_row + row - run.first_of_label};
  }

  static std::uint64_t frame_key(std::size_t shard, std::size_t frame) {
    return std::uint64_t{shard} << 32 | frame;
  }
};

ShardReader::ShardReader(const std::filesystem::path& location, Split split, std::size_t cache_bytes)
    : ShardReader(io::Folder(location), split, cache_bytes) {}

ShardReader::ShardReader(const io::Folder& folder, Split split, std::size_t cache_bytes)
    : state_(std::make_unique<State>(cache_bytes)) {
  state_->parallel_reads = folder.parallel_reads();
  std::vector<ShardFile> shards = open_shards(folder, split);
  std::unordered_map<std::string, std::uint32_t> document_numbers;
  for (ShardFile& shard : shards) {
    if (state_->shards.empty()) {
      state_->header = shard.header();
      state_->runs.resize(shard.header().labels.size());
    }
    if (shard.header() != state_->header || shard.header().split != split) {
      throw base::Error(base::ErrorCode::kBadData, "shard does not belong to this directory",
                        {.got = "another header", .where = shard.where()});
    }
    state_->add(std::move(shard), document_numbers);
  }
}

ShardReader::~ShardReader() = default;
ShardReader::ShardReader(ShardReader&&) noexcept = default;
ShardReader& ShardReader::operator=(ShardReader&&) noexcept = default;

const std::vector<std::string>& ShardReader::labels() const {
  return state_->header.labels;
}
std::size_t ShardReader::row_tokens() const {
  return state_->header.row_tokens;
}
std::size_t ShardReader::vocabulary_size() const {
  return state_->header.vocabulary_size;
}
const std::string& ShardReader::tokenizer_digest() const {
  return state_->header.tokenizer_digest;
}
const std::vector<DocumentOrigin>& ShardReader::documents() const {
  return state_->documents;
}

std::size_t ShardReader::row_count(std::size_t label) const {
  return State::rows_of(state_->runs.at(label));
}

std::vector<std::uint64_t> ShardReader::row_counts() const {
  std::vector<std::uint64_t> counts;
  for (std::size_t label = 0; label < labels().size(); ++label) counts.push_back(row_count(label));
  return counts;
}

RowView ShardReader::view_row(std::size_t label, std::size_t row) const {
  const auto [shard_number, shard_row] = state_->place(label, row);
  const ShardFile& shard = state_->shards[shard_number];
  const std::size_t number = shard.frame_of_row(shard_row);
  FrameCache::Frame frame =
      state_->cache.get(State::frame_key(shard_number, number), [&] { return shard.read_frame(number); });
  const std::size_t offset = (shard_row - shard.first_row(number)) * row_tokens();
  const std::span<const TokenId> ids = std::span(*frame).subspan(offset, row_tokens());
  return {ids, std::move(frame)};
}

void ShardReader::read_row(std::size_t label, std::size_t row, std::span<TokenId> ids) const {
  if (ids.size() != row_tokens()) {
    throw base::Error(base::ErrorCode::kBug, "wrong buffer length", {.got = std::to_string(ids.size())});
  }
  std::ranges::copy(view_row(label, row).ids, ids.begin());
}

void ShardReader::prefetch(std::size_t label, std::size_t row) const {
  const auto [shard_number, shard_row] = state_->place(label, row);
  const ShardFile& shard = state_->shards[shard_number];
  const std::size_t number = shard.frame_of_row(shard_row);
  state_->cache.prefetch(State::frame_key(shard_number, number), [&] { return shard.read_frame(number); });
}

std::size_t ShardReader::parallel_reads() const {
  return state_->parallel_reads;
}

std::size_t ShardReader::cached_frames() const {
  const std::size_t frame_bytes = rows_per_frame(state_->header.row_tokens) * row_tokens() * sizeof(TokenId);
  return state_->cache.capacity() / frame_bytes;
}

std::span<const SegmentInfo> ShardReader::segments(std::size_t label, std::size_t row) const {
  const auto [shard_number, shard_row] = state_->place(label, row);
  const ShardFile& shard = state_->shards[shard_number];
  const std::span<const SegmentInfo> own = shard.segments(shard_row);
  const auto begin = static_cast<std::size_t>(own.data() - shard.segments(0).data());
  return std::span(state_->segments[shard_number]).subspan(begin, own.size());
}

}  // namespace palimpsest::tokens
