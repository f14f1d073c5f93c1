#include "common/tokens/shard_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <xxhash.h>
#include <zstd.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/io/file.h"
#include "common/io/zstd.h"
#include "common/tokens/byte_buffer.h"

namespace palimpsest::tokens {
namespace {

void require(bool condition, const char* what) {
  if (!condition) throw base::Error(base::ErrorCode::kBug, std::string("shard writer: ") + what);
}

/// Puts the skippable frame's header in front of the content.
std::string skippable_frame(std::uint32_t magic, const std::string& content) {
  require(content.size() <= UINT32_MAX, "a table of 4 GiB or more");
  std::string frame;
  put<std::uint32_t>(frame, magic);
  put<std::uint32_t>(frame, static_cast<std::uint32_t>(content.size()));
  return frame + content;
}

/// The same, for content that still lacks its trailing checksum over the whole frame.
std::string sealed_frame(std::uint32_t magic, std::string content) {
  std::string frame = skippable_frame(magic, content.append(kChecksumBytes, '\0'));
  frame.resize(frame.size() - kChecksumBytes);
  put<std::uint64_t>(frame, base::hash64(frame));
  return frame;
}

std::string digest_bytes(const std::string& hex) {
  require(hex.size() == 2 * kDigestBytes, "the tokenizer digest is no SHA-256");
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string header_frame(const ShardHeader& header) {
  std::string content(kHeaderMagic);
  put<std::uint16_t>(content, kShardVersion);
  put<std::uint8_t>(content, static_cast<std::uint8_t>(header.split));
  put<std::uint8_t>(content, 0);
  put<std::uint32_t>(content, header.row_tokens);
  put<std::uint32_t>(content, rows_per_frame(header.row_tokens));
  put<std::uint32_t>(content, header.vocabulary_size);
  content += digest_bytes(header.tokenizer_digest);
  put<std::uint16_t>(content, static_cast<std::uint16_t>(header.labels.size()));
  for (const std::string& label : header.labels) {
    put<std::uint16_t>(content, static_cast<std::uint16_t>(label.size()));
    content += label;
  }
  return sealed_frame(kHeaderFrameMagic, std::move(content));
}

void put_seek_entry(std::string& entries, std::size_t compressed, const std::string& raw) {
  put<std::uint32_t>(entries, static_cast<std::uint32_t>(compressed));
  put<std::uint32_t>(entries, static_cast<std::uint32_t>(raw.size()));
  put<std::uint32_t>(entries, static_cast<std::uint32_t>(XXH64(raw.data(), raw.size(), 0)));
}

}  // namespace

struct ShardWriter::State {
  std::filesystem::path path;
  ShardHeader header;
  io::FileHandle file;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  std::string raw = {};         ///< rows of the frame in progress
  std::string compressed = {};  ///< scratch
  std::string seek_entries = {};
  std::string checksums = {};  ///< of the compressed data frames
  std::string rows = {};
  std::string segments = {};
  std::string documents = {};
  std::uint64_t raw_total = 0;
  std::uint32_t frame_count = 0;
  std::uint32_t row_count = 0;
  std::uint32_t segment_count = 0;
  std::uint32_t document_count = 0;
  std::size_t last_label = 0;

  void write(const std::string& bytes) const {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) {
      throw base::errno_error("cannot write file", path.string());
    }
  }

  void finish_frame() {
    if (raw.empty()) return;
    compressed.resize(ZSTD_compressBound(raw.size()));
    const std::size_t size =
        ZSTD_compress2(context.get(), compressed.data(), compressed.size(), raw.data(), raw.size());
    require(ZSTD_isError(size) == 0, "zstd failed");
    compressed.resize(size);
    write(compressed);
    put_seek_entry(seek_entries, size, raw);
    put<std::uint64_t>(checksums, base::hash64(compressed));
    ++frame_count;
    raw.clear();
  }

  std::string tables_content(std::uint64_t seek_table_checksum) const {
    std::string content(kTablesMagic);
    for (const std::uint32_t count : {frame_count, row_count, segment_count, document_count}) {
      put<std::uint32_t>(content, count);
    }
    put<std::uint64_t>(content, seek_table_checksum);
    return content + checksums + rows + segments + documents;
  }
};

ShardWriter::ShardWriter(const std::filesystem::path& path, const ShardHeader& header)
    : state_(std::make_unique<State>(State{path, header, io::open_file(path, "wb")})) {
  require(header.row_tokens >= kMinRowTokens && header.row_tokens <= kMaxRowTokens,
          "row length out of range");
  ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, io::kZstdLevel);
  ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag, 1);
  const std::string frame = header_frame(header);
  state_->write(frame);
  put_seek_entry(state_->seek_entries, frame.size(), {});
}

ShardWriter::~ShardWriter() = default;
ShardWriter::ShardWriter(ShardWriter&&) noexcept = default;
ShardWriter& ShardWriter::operator=(ShardWriter&&) noexcept = default;

std::uint32_t ShardWriter::add_document(DocumentOrigin origin) {
  for (const std::string* text : {&origin.id, &origin.repo, &origin.path}) {
    put<std::uint32_t>(state_->documents, static_cast<std::uint32_t>(text->size()));
    state_->documents += *text;
  }
  return state_->document_count++;
}

void ShardWriter::add_row(std::size_t label, std::span<const TokenId> ids,
                          std::span<const SegmentInfo> segments) {
  State& state = *state_;
  require(ids.size() == state.header.row_tokens, "wrong row length");
  require(label < state.header.labels.size() && label >= state.last_label, "rows not sorted by label");
  std::size_t end = 0;
  for (const SegmentInfo& segment : segments) {
    require(segment.begin == end && segment.begin + segment.header_tokens < segment.end,
            "segments do not tile");
    require(segment.document < state.document_count, "unknown document");
    end = segment.end;
    for (const std::uint16_t field : {segment.begin, segment.end, segment.header_tokens, std::uint16_t{0}}) {
      put<std::uint16_t>(state.segments, field);
    }
    for (const std::uint32_t field : {segment.document, segment.text_begin, segment.text_end}) {
      put<std::uint32_t>(state.segments, field);
    }
  }
  require(end <= ids.size() && end > 0, "segments do not fit the row");
  put<std::uint16_t>(state.rows, static_cast<std::uint16_t>(label));
  put<std::uint16_t>(state.rows, static_cast<std::uint16_t>(segments.size()));
  state.segment_count += static_cast<std::uint32_t>(segments.size());
  ++state.row_count;
  state.last_label = label;
  for (const TokenId id : ids) put<std::uint16_t>(state.raw, id);
  state.raw_total += ids.size_bytes();
  if (state.row_count % rows_per_frame(state.header.row_tokens) == 0) state.finish_frame();
}

bool ShardWriter::full() const {
  return state_->raw_total + state_->header.row_tokens * sizeof(TokenId) > kShardBytes;
}

void ShardWriter::finish() {
  State& state = *state_;
  state.finish_frame();
  // The tables hold the seek table's checksum and the seek table holds the tables' size, which is known
  // beforehand.
  const std::size_t tables_size = kSkippableHeaderBytes + state.tables_content(0).size() + kChecksumBytes;
  put_seek_entry(state.seek_entries, tables_size, {});
  std::string seek_content = state.seek_entries;
  put<std::uint32_t>(seek_content, state.frame_count + 2);
  put<std::uint8_t>(seek_content, kSeekHasChecksums);
  put<std::uint32_t>(seek_content, kSeekableMagic);
  const std::string seek_table = skippable_frame(kSeekTableFrameMagic, seek_content);
  state.write(sealed_frame(kTablesFrameMagic, state.tables_content(base::hash64(seek_table))));
  state.write(seek_table);
  io::close_file(std::move(state.file), state.path);
}

}  // namespace palimpsest::tokens
