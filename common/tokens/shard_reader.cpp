#include "common/tokens/shard_reader.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/manifest.h"
#include "common/tokens/shard_file.h"

namespace palimpsest::tokens {
namespace {

/// Decompressed bytes that stay in memory for rows read again.
constexpr std::size_t kCacheBytes = 256 << 20;

using Frame = std::shared_ptr<const std::vector<TokenId>>;

/// The most recently used frames. Thread-safe.
class FrameCache {
 public:
  template <typename Load>
  Frame get(std::uint64_t key, const Load& load) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = entries_.find(key);
      if (found != entries_.end()) {
        order_.splice(order_.begin(), order_, found->second.place);
        return found->second.frame;
      }
    }
    Frame frame = std::make_shared<const std::vector<TokenId>>(load());
    const std::lock_guard lock(mutex_);
    if (entries_.contains(key)) return entries_.at(key).frame;  // another thread was faster
    order_.push_front(key);
    entries_.emplace(key, Entry{frame, order_.begin()});
    bytes_ += frame->size() * sizeof(TokenId);
    while (bytes_ > kCacheBytes && order_.size() > 1) {
      const auto oldest = entries_.find(order_.back());
      bytes_ -= oldest->second.frame->size() * sizeof(TokenId);
      entries_.erase(oldest);
      order_.pop_back();
    }
    return frame;
  }

 private:
  struct Entry {
    Frame frame;
    std::list<std::uint64_t>::iterator place;
  };
  std::mutex mutex_;
  std::list<std::uint64_t> order_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::size_t bytes_ = 0;
};

/// A label's rows in one shard.
struct Run {
  std::size_t shard = 0;
  std::size_t first_row = 0;  ///< in the shard
  std::size_t count = 0;
};

struct RowPlace {
  std::size_t shard = 0;
  std::size_t row = 0;
};

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

struct ShardReader::State {
  ShardHeader header;
  std::vector<ShardFile> shards;
  std::vector<std::vector<Run>> runs;              ///< by label
  std::vector<std::vector<SegmentInfo>> segments;  ///< by shard, with documents numbered over all shards
  std::vector<DocumentOrigin> documents;
  mutable FrameCache cache;

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
        label_runs.push_back({shards.size(), row, 0});
      }
      ++label_runs.back().count;
    }
    segments.push_back(std::move(renumbered));
    shards.push_back(std::move(shard));
  }

  RowPlace place(std::size_t label, std::size_t row) const {
    std::size_t left = row;
    for (const Run& run : runs.at(label)) {
      if (left < run.count) return {run.shard, run.first_row + left};
      left -= run.count;
    }
    throw base::Error(base::ErrorCode::kBug, "row number out of range",
                      {.got = std::to_string(row), .where = "label " + header.labels.at(label)});
  }
};

ShardReader::ShardReader(const std::filesystem::path& directory, Split split)
    : state_(std::make_unique<State>()) {
  const io::Manifest manifest = io::read_manifest(directory, kShardStage);
  const std::string prefix = std::string(split_name(split)) + "/";
  std::unordered_map<std::string, std::uint32_t> document_numbers;
  for (const io::OutputFile& output : manifest.outputs) {
    if (!output.path.starts_with(prefix)) continue;
    const std::filesystem::path path = directory / output.path;
    ShardFile shard(path);
    if (std::filesystem::file_size(path) != output.bytes) {
      throw base::Error(base::ErrorCode::kBadData, "shard of another size than the manifest says",
                        {.got = std::to_string(std::filesystem::file_size(path)) + " bytes",
                         .expected = std::to_string(output.bytes),
                         .where = path.string()});
    }
    if (state_->shards.empty()) {
      state_->header = shard.header();
      state_->runs.resize(shard.header().labels.size());
    }
    if (shard.header() != state_->header || shard.header().split != split) {
      throw base::Error(base::ErrorCode::kBadData, "shard does not belong to this directory",
                        {.got = "another header", .where = path.string()});
    }
    state_->add(std::move(shard), document_numbers);
  }
  if (state_->shards.empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no shards of split " + std::string(split_name(split)),
                      {.where = directory.string()});
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
  std::size_t count = 0;
  for (const Run& run : state_->runs.at(label)) count += run.count;
  return count;
}

void ShardReader::read_row(std::size_t label, std::size_t row, std::span<TokenId> ids) const {
  const auto [shard_number, shard_row] = state_->place(label, row);
  const ShardFile& shard = state_->shards[shard_number];
  if (ids.size() != row_tokens()) {
    throw base::Error(base::ErrorCode::kBug, "wrong buffer length", {.got = std::to_string(ids.size())});
  }
  const std::size_t frame_number = shard.frame_of_row(shard_row);
  const Frame frame = state_->cache.get(std::uint64_t{shard_number} << 32 | frame_number,
                                        [&] { return shard.read_frame(frame_number); });
  const std::size_t offset = (shard_row - shard.first_row(frame_number)) * row_tokens();
  std::copy_n(frame->begin() + static_cast<std::ptrdiff_t>(offset), row_tokens(), ids.begin());
}

std::span<const SegmentInfo> ShardReader::segments(std::size_t label, std::size_t row) const {
  const auto [shard_number, shard_row] = state_->place(label, row);
  const ShardFile& shard = state_->shards[shard_number];
  const std::span<const SegmentInfo> own = shard.segments(shard_row);
  const auto begin = static_cast<std::size_t>(own.data() - shard.segments(0).data());
  return std::span(state_->segments[shard_number]).subspan(begin, own.size());
}

}  // namespace palimpsest::tokens
