#include "common/tokens/shard_file.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/tokens/byte_buffer.h"

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kNamedDocuments = 3;
constexpr std::size_t kTablesCounts = 4;
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

/// Reads a part and returns what `parse` makes of it. Bytes that it throws at are refused, so a remote source
/// gets them again; throws what it throws in the end.
template <typename Parse>
auto read_parsed(const io::ByteSource& source, std::uint64_t offset, std::size_t size, const Parse& parse) {
  const auto is_good = [&](std::string_view bytes) {
    try {
      parse(bytes);
      return true;
    } catch (const base::Error&) {
      return false;
    }
  };
  std::string bytes;
  source.read(offset, size, bytes, is_good);
  return parse(bytes);
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
  std::unique_ptr<const io::ByteSource> source;
  ShardHeader header = {};
  std::vector<FrameRange> frames = {};  ///< of data
  std::vector<std::uint16_t> row_labels = {};
  std::vector<std::size_t> first_segment = {};  ///< by row, and one behind the last
  std::vector<SegmentInfo> segments = {};
  std::vector<DocumentOrigin> documents = {};

  void open() {
    const FrameRange seek_table = find_seek_table();
    const FrameRange tables_range = read_ranges(seek_table, {}).back();
    const std::string tables = sealed_content(tables_range, kTablesFrameMagic, "tables");
    // Only now is there a checksum to read the seek table by.
    std::vector<FrameRange> all = read_ranges(seek_table, seek_table_checksum(tables, tables_range));
    const FrameRange header_range = all.front();
    frames.assign(all.begin() + 1, all.end() - 1);
    read_header(sealed_content(header_range, kHeaderFrameMagic, "header"), header_range);
    read_tables(tables, tables_range);
  }

  const std::string& where() const { return source->where(); }
  std::string at(std::uint64_t offset) const { return where() + "@" + std::to_string(offset); }

  FrameRange find_seek_table() const {
    const std::uint64_t file_bytes = source->size();
    const std::size_t smallest = kSkippableHeaderBytes + 2 * kSeekEntryBytes + kSeekFooterBytes;
    if (file_bytes < smallest) fail("the file is too short", where(), std::to_string(file_bytes) + " bytes");
    const std::uint64_t footer = file_bytes - kSeekFooterBytes;
    return read_parsed(*source, footer, kSeekFooterBytes, [&](std::string_view bytes) {
      ByteReader reader(bytes, where());
      const std::uint64_t count = reader.get<std::uint32_t>();
      const auto descriptor = reader.get<std::uint8_t>();
      const std::uint64_t size = kSkippableHeaderBytes + count * kSeekEntryBytes + kSeekFooterBytes;
      if (reader.get<std::uint32_t>() != kSeekableMagic || descriptor != kSeekHasChecksums || count < 2 ||
          size > file_bytes) {
        fail("no seek table at the end (truncated, or not a shard)", at(footer));
      }
      return FrameRange{.offset = file_bytes - size, .compressed = static_cast<std::uint32_t>(size)};
    });
  }

  /// All frames in front of the seek table: header, data, tables.
  std::vector<FrameRange> read_ranges(const FrameRange& table, std::optional<std::uint64_t> checksum) const {
    return read_parsed(*source, table.offset, table.compressed, [&](std::string_view bytes) {
      if (checksum && base::hash64(bytes) != *checksum) {
        fail("wrong checksum of the seek table", at(table.offset));
      }
      const std::size_t content = table.compressed - kSkippableHeaderBytes;
      ByteReader reader(bytes, where());
      if (reader.get<std::uint32_t>() != kSeekTableFrameMagic || reader.get<std::uint32_t>() != content) {
        fail("bad seek table", at(table.offset));
      }
      std::vector<FrameRange> ranges((content - kSeekFooterBytes) / kSeekEntryBytes);
      std::uint64_t offset = 0;
      for (FrameRange& range : ranges) {
        range.offset = offset;
        range.compressed = reader.get<std::uint32_t>();
        range.raw = reader.get<std::uint32_t>();
        reader.take(4);  // the checksum of other seekable readers; ours covers the compressed bytes
        offset += range.compressed;
      }
      if (offset != table.offset) fail("frame sizes do not add up to the file", at(table.offset));
      return ranges;
    });
  }

  /// Content of a skippable frame of ours, without its checksum.
  std::string sealed_content(const FrameRange& range, std::uint32_t magic, const std::string& name) const {
    if (range.compressed < kSkippableHeaderBytes + kChecksumBytes || range.raw != 0) {
      fail("bad " + name + " frame", at(range.offset));
    }
    return read_parsed(*source, range.offset, range.compressed, [&](std::string_view frame) {
      ByteReader reader(frame, where());
      if (reader.get<std::uint32_t>() != magic ||
          reader.get<std::uint32_t>() != range.compressed - kSkippableHeaderBytes) {
        fail("bad " + name + " frame", at(range.offset));
      }
      const std::string_view sealed = frame.substr(0, frame.size() - kChecksumBytes);
      ByteReader seal(frame.substr(sealed.size()), where());
      if (seal.get<std::uint64_t>() != base::hash64(sealed)) {
        fail("wrong checksum of the " + name, at(range.offset));
      }
      return std::string(sealed.substr(kSkippableHeaderBytes));
    });
  }

  std::uint64_t seek_table_checksum(const std::string& tables, const FrameRange& range) const {
    ByteReader reader(tables, at(range.offset));
    if (reader.take(kTablesMagic.size()) != kTablesMagic) fail("wrong magic of the tables", at(range.offset));
    reader.take(kTablesCounts * sizeof(std::uint32_t));
    return reader.get<std::uint64_t>();
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
           .where = where(),
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

  void read_tables(const std::string& content, const FrameRange& range) {
    const std::string place = at(range.offset);
    ByteReader reader(content, place);
    reader.take(kTablesMagic.size());
    const auto frame_count = reader.get<std::uint32_t>();
    const auto row_count = reader.get<std::uint32_t>();
    const auto segment_count = reader.get<std::uint32_t>();
    const auto document_count = reader.get<std::uint32_t>();
    reader.take(kChecksumBytes);  // of the seek table
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

ShardFile::ShardFile(std::unique_ptr<const io::ByteSource> source)
    : state_(std::make_unique<State>(State{std::move(source)})) {
  state_->open();
}

ShardFile::ShardFile(const std::filesystem::path& path) : ShardFile(io::open_local_source(path)) {}

ShardFile::~ShardFile() = default;
ShardFile::ShardFile(ShardFile&&) noexcept = default;
ShardFile& ShardFile::operator=(ShardFile&&) noexcept = default;

const ShardHeader& ShardFile::header() const {
  return state_->header;
}
const std::string& ShardFile::where() const {
  return state_->where();
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
  const auto is_good = [&](std::string_view bytes) { return base::hash64(bytes) == range.checksum; };
  if (!state_->source->read(range.offset, range.compressed, compressed, is_good)) {
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
