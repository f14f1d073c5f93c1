#include "common/tokens/shard_file.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/tokens/byte_buffer.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kNamedDocuments = 3;
constexpr const char* kRebuildHint = "run `shard build` again with --overwrite";

struct FrameRange {
  std::uint64_t offset = 0;
  std::uint32_t compressed = 0;
  std::uint32_t raw = 0;
  std::uint64_t checksum = 0;  ///< XXH3 of the compressed bytes
};

[[noreturn]] void fail(const std::string& what, const std::string& where, const std::string& got = {},
                       const std::string& expected = {}) {
  throw base::Error(base::ErrorCode::kBadData, "damaged shard: " + what,
                    {.got = got, .expected = expected, .where = where, .hint = kRebuildHint});
}

/// Reads exactly `size` bytes at `offset`.
void read_at(std::FILE* file, std::uint64_t offset, std::size_t size, const std::string& where,
             std::string& bytes) {
  bytes.resize(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t count =
        pread(fileno(file), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw base::errno_error("cannot read file", where);
    if (count == 0) fail("the file ends early", where + "@" + std::to_string(offset + done));
    done += static_cast<std::size_t>(count);
  }
}

std::string read_at(std::FILE* file, std::uint64_t offset, std::size_t size, const std::string& where) {
  std::string bytes;
  read_at(file, offset, size, where, bytes);
  return bytes;
}

/// Returns what zstd returns: bytes, or an error code. Memory of decompression is kept by thread.
std::size_t decompress(std::vector<TokenId>& ids, const std::string& compressed) {
  thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(),
                                                                                  &ZSTD_freeDCtx};
  const std::size_t size = ZSTD_decompressDCtx(context.get(), ids.data(), ids.size() * sizeof(TokenId),
                                               compressed.data(), compressed.size());
  if constexpr (std::endian::native == std::endian::big) {
    for (TokenId& id : ids) id = static_cast<TokenId>(id << 8 | id >> 8);
  }
  return size;
}

/// A loop that compilers vectorise at -O3, which std::max_element they do not.
TokenId largest_id(const std::vector<TokenId>& ids) {
  TokenId largest = 0;
  for (const TokenId id : ids) largest = std::max(largest, id);
  return largest;
}

}  // namespace

struct ShardFile::State {
  std::filesystem::path path;
  std::string where;
  io::FileHandle file;
  std::uint64_t file_bytes = 0;
  ShardHeader header = {};
  std::vector<FrameRange> frames = {};  ///< of data
  std::vector<std::uint16_t> row_labels = {};
  std::vector<std::size_t> first_segment = {};  ///< by row, and one behind the last
  std::vector<SegmentInfo> segments = {};
  std::vector<DocumentOrigin> documents = {};

  void open() {
    std::uint64_t seek_table_checksum = 0;
    std::vector<FrameRange> all = read_seek_table(seek_table_checksum);
    const FrameRange header_range = all.front();
    const FrameRange tables_range = all.back();
    frames.assign(all.begin() + 1, all.end() - 1);
    read_header(sealed_content(header_range, kHeaderFrameMagic, "header"), header_range);
    read_tables(sealed_content(tables_range, kTablesFrameMagic, "tables"), tables_range, seek_table_checksum);
  }

  std::string at(std::uint64_t offset) const { return where + "@" + std::to_string(offset); }

  /// All frames in front of the seek table: header, data, tables.
  std::vector<FrameRange> read_seek_table(std::uint64_t& checksum) const {
    const std::size_t smallest = kSkippableHeaderBytes + 2 * kSeekEntryBytes + kSeekFooterBytes;
    if (file_bytes < smallest) fail("the file is too short", where, std::to_string(file_bytes) + " bytes");
    const std::string footer = read_at(file.get(), file_bytes - kSeekFooterBytes, kSeekFooterBytes, where);
    ByteReader footer_reader(footer, where);
    const std::uint64_t count = footer_reader.get<std::uint32_t>();
    const auto descriptor = footer_reader.get<std::uint8_t>();
    const std::uint64_t content = count * kSeekEntryBytes + kSeekFooterBytes;
    if (footer_reader.get<std::uint32_t>() != kSeekableMagic || descriptor != kSeekHasChecksums ||
        count < 2 || content + kSkippableHeaderBytes > file_bytes) {
      fail("no seek table at the end (truncated, or not a shard)", at(file_bytes - kSeekFooterBytes));
    }
    const std::uint64_t begin = file_bytes - content - kSkippableHeaderBytes;
    const std::string table = read_at(file.get(), begin, content + kSkippableHeaderBytes, where);
    checksum = base::hash64(table);
    ByteReader reader(table, where);
    if (reader.get<std::uint32_t>() != kSeekTableFrameMagic || reader.get<std::uint32_t>() != content) {
      fail("bad seek table", at(begin));
    }
    std::vector<FrameRange> ranges(count);
    std::uint64_t offset = 0;
    for (FrameRange& range : ranges) {
      range.offset = offset;
      range.compressed = reader.get<std::uint32_t>();
      range.raw = reader.get<std::uint32_t>();
      reader.take(4);  // the checksum of other seekable readers; ours covers the compressed bytes
      offset += range.compressed;
    }
    if (offset != begin) fail("frame sizes do not add up to the file", at(begin));
    return ranges;
  }

  /// Content of a skippable frame of ours, without its checksum.
  std::string sealed_content(const FrameRange& range, std::uint32_t magic, const std::string& name) const {
    if (range.compressed < kSkippableHeaderBytes + kChecksumBytes || range.raw != 0) {
      fail("bad " + name + " frame", at(range.offset));
    }
    const std::string frame = read_at(file.get(), range.offset, range.compressed, where);
    ByteReader reader(frame, where);
    if (reader.get<std::uint32_t>() != magic ||
        reader.get<std::uint32_t>() != range.compressed - kSkippableHeaderBytes) {
      fail("bad " + name + " frame", at(range.offset));
    }
    const std::string_view sealed = std::string_view(frame).substr(0, frame.size() - kChecksumBytes);
    ByteReader seal(std::string_view(frame).substr(sealed.size()), where);
    if (seal.get<std::uint64_t>() != base::hash64(sealed))
      fail("wrong checksum of the " + name, at(range.offset));
    return std::string(sealed.substr(kSkippableHeaderBytes));
  }

  void read_header(const std::string& content, const FrameRange& range) {
    const std::string place = at(range.offset);
    ByteReader reader(content, place);
    if (reader.take(kHeaderMagic.size()) != kHeaderMagic) fail("wrong magic", place);
    if (const auto version = reader.get<std::uint16_t>(); version != kShardVersion) {
      throw base::Error(
          base::ErrorCode::kBadData, "shard of another version",
          {.got = std::to_string(version),
           .expected = std::to_string(kShardVersion),
           .where = where,
           .hint = version < kShardVersion
                       ? "written by an older palimpsest: run `shard build` again with --overwrite"
                       : "written by a newer palimpsest: read it with that one"});
    }
    const auto split = reader.get<std::uint8_t>();
    const auto reserved = reader.get<std::uint8_t>();
    header.row_tokens = reader.get<std::uint32_t>();
    const auto frame_rows = reader.get<std::uint32_t>();
    header.vocabulary_size = reader.get<std::uint32_t>();
    if (split > static_cast<std::uint8_t>(Split::kTest) || reserved != 0 ||
        header.row_tokens < kMinRowTokens || header.row_tokens > kMaxRowTokens ||
        frame_rows != rows_per_frame(header.row_tokens) || header.vocabulary_size <= kSpecialCount ||
        header.vocabulary_size > UINT16_MAX + 1U) {
      fail("header field out of range", place);
    }
    header.split = static_cast<Split>(split);
    for (const char c : reader.take(kDigestBytes)) {
      header.tokenizer_digest += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
    }
    const auto label_count = reader.get<std::uint16_t>();
    for (unsigned i = 0; i < label_count; ++i) {
      header.labels.emplace_back(reader.take(reader.get<std::uint16_t>()));
    }
    if (reader.remaining() != 0) fail("header with extra bytes", place);
  }

  void read_tables(const std::string& content, const FrameRange& range, std::uint64_t seek_table_checksum) {
    const std::string place = at(range.offset);
    ByteReader reader(content, place);
    if (reader.take(kTablesMagic.size()) != kTablesMagic) fail("wrong magic of the tables", place);
    const auto frame_count = reader.get<std::uint32_t>();
    const auto row_count = reader.get<std::uint32_t>();
    const auto segment_count = reader.get<std::uint32_t>();
    const auto document_count = reader.get<std::uint32_t>();
    if (reader.get<std::uint64_t>() != seek_table_checksum) fail("wrong checksum of the seek table", place);
    if (frame_count != frames.size()) fail("wrong number of frames", place);
    for (FrameRange& frame : frames) frame.checksum = reader.get<std::uint64_t>();
    check_frame_sizes(row_count, place);
    std::vector<std::uint16_t> row_segments;
    for (std::uint32_t row = 0; row < row_count; ++row) {
      row_labels.push_back(reader.get<std::uint16_t>());
      row_segments.push_back(reader.get<std::uint16_t>());
    }
    for (std::uint32_t row = 0; row < row_count; ++row) {
      first_segment.push_back(segments.size());
      for (unsigned i = 0; i < row_segments[row]; ++i) read_segment(reader, document_count, i == 0);
      check_row(row, place);
    }
    first_segment.push_back(segments.size());
    if (segments.size() != segment_count) fail("wrong number of segments", place);
    for (std::uint32_t i = 0; i < document_count; ++i) {
      DocumentOrigin origin;
      for (std::string* text : {&origin.id, &origin.repo, &origin.path}) {
        *text = reader.take(reader.get<std::uint32_t>());
      }
      documents.push_back(std::move(origin));
    }
    if (reader.remaining() != 0) fail("tables with extra bytes", place);
  }

  void check_frame_sizes(std::uint64_t row_count, const std::string& place) const {
    const std::uint64_t row_bytes = header.row_tokens * sizeof(TokenId);
    const std::uint64_t per_frame = rows_per_frame(header.row_tokens);
    std::uint64_t left = row_count;
    for (const FrameRange& frame : frames) {
      const std::uint64_t rows = std::min(left, per_frame);
      if (rows == 0 || frame.raw != rows * row_bytes) fail("frame sizes do not match the rows", place);
      left -= rows;
    }
    if (left != 0) fail("rows without a frame", place);
  }

  void read_segment(ByteReader& reader, std::uint32_t document_count, bool first) {
    SegmentInfo segment;
    segment.begin = reader.get<std::uint16_t>();
    segment.end = reader.get<std::uint16_t>();
    segment.header_tokens = reader.get<std::uint16_t>();
    const auto reserved = reader.get<std::uint16_t>();
    segment.document = reader.get<std::uint32_t>();
    segment.text_begin = reader.get<std::uint32_t>();
    segment.text_end = reader.get<std::uint32_t>();
    const unsigned expected = first ? 0 : segments.back().end;
    if (segment.begin != expected || segment.begin + segment.header_tokens >= segment.end ||
        segment.end > header.row_tokens || reserved != 0 || segment.document >= document_count ||
        segment.text_begin > segment.text_end) {
      fail("segment " + std::to_string(segments.size()) + " out of range", reader.where());
    }
    segments.push_back(segment);
  }

  void check_row(std::size_t row, const std::string& place) const {
    const bool sorted = row == 0 || row_labels[row] >= row_labels[row - 1];
    if (row_labels[row] >= header.labels.size() || !sorted || first_segment[row] == segments.size()) {
      fail("row " + std::to_string(row) + " out of range", place);
    }
  }

  std::string describe_frame(std::size_t frame) const {
    const std::size_t first = frame * rows_per_frame(header.row_tokens);
    const std::size_t last =
        std::min<std::size_t>(first + rows_per_frame(header.row_tokens), row_labels.size());
    std::vector<std::string> names;
    for (std::size_t i = first_segment[first]; i < first_segment[last]; ++i) {
      const DocumentOrigin& origin = documents[segments[i].document];
      std::string name = origin.repo + ":" + origin.path;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    std::string list;
    for (std::size_t i = 0; i < std::min(names.size(), kNamedDocuments); ++i)
      list += (i ? ", " : "") + names[i];
    if (names.size() > kNamedDocuments) list += fmt::format(" and {} more", names.size() - kNamedDocuments);
    return fmt::format("frame {} (rows {} to {}, documents {})", frame, first, last - 1, list);
  }
};

ShardFile::ShardFile(const std::filesystem::path& path)
    : state_(std::make_unique<State>(State{path, path.string(), io::open_file(path, "rb")})) {
  std::error_code error;
  state_->file_bytes = std::filesystem::file_size(path, error);
  if (error) {
    throw base::Error(base::ErrorCode::kEnvironment, "cannot read file: " + error.message(),
                      {.where = path.string()});
  }
  state_->open();
}

ShardFile::~ShardFile() = default;
ShardFile::ShardFile(ShardFile&&) noexcept = default;
ShardFile& ShardFile::operator=(ShardFile&&) noexcept = default;

const ShardHeader& ShardFile::header() const {
  return state_->header;
}
const std::filesystem::path& ShardFile::path() const {
  return state_->path;
}
std::size_t ShardFile::row_count() const {
  return state_->row_labels.size();
}
std::size_t ShardFile::row_label(std::size_t row) const {
  return state_->row_labels.at(row);
}
const std::vector<DocumentOrigin>& ShardFile::documents() const {
  return state_->documents;
}
std::size_t ShardFile::frame_count() const {
  return state_->frames.size();
}
std::size_t ShardFile::frame_of_row(std::size_t row) const {
  return row / rows_per_frame(state_->header.row_tokens);
}
std::size_t ShardFile::first_row(std::size_t frame) const {
  return frame * rows_per_frame(state_->header.row_tokens);
}

std::span<const SegmentInfo> ShardFile::segments(std::size_t row) const {
  const std::size_t begin = state_->first_segment.at(row);
  return std::span(state_->segments).subspan(begin, state_->first_segment.at(row + 1) - begin);
}

std::vector<TokenId> ShardFile::read_frame(std::size_t frame) const {
  const FrameRange& range = state_->frames.at(frame);
  const std::string place = state_->at(range.offset);
  thread_local std::string compressed;  // kept: a frame's worth of memory would else be cleared each time
  read_at(state_->file.get(), range.offset, range.compressed, state_->where, compressed);
  if (base::hash64(compressed) != range.checksum) {
    fail("wrong checksum of " + state_->describe_frame(frame), place);
  }
  std::vector<TokenId> ids(range.raw / sizeof(TokenId));
  const std::size_t size = decompress(ids, compressed);
  if (ZSTD_isError(size) != 0 || size != range.raw) {
    fail("cannot decompress " + state_->describe_frame(frame), place,
         ZSTD_isError(size) != 0 ? ZSTD_getErrorName(size) : std::to_string(size) + " bytes");
  }
  if (largest_id(ids) >= state_->header.vocabulary_size) {
    fail("id outside the vocabulary in " + state_->describe_frame(frame), place);
  }
  return ids;
}

}  // namespace palimpsest::tokens
