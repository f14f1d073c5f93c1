#include "common/io/zstd.h"

#include <cstdio>
#include <utility>
#include <vector>

#include <zstd.h>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::io {
struct ZstdWriter::State {
  std::string path;
  FileHandle file;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  std::vector<char> buffer = std::vector<char>(ZSTD_CStreamOutSize());

  void compress(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    bool finished = false;
    while (!finished) {
      ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
      const std::size_t remaining = ZSTD_compressStream2(context.get(), &output, &input, directive);
      if (ZSTD_isError(remaining) != 0) {
        throw base::Error(base::ErrorCode::kBug, std::string("zstd: ") + ZSTD_getErrorName(remaining));
      }
      if (std::fwrite(buffer.data(), 1, output.pos, file.get()) != output.pos) {
        throw base::errno_error("cannot write file", path);
      }
      finished = directive == ZSTD_e_end ? remaining == 0 : input.pos == input.size;
    }
  }
};

ZstdWriter::ZstdWriter(const std::filesystem::path& path, int level)
    : state_(std::make_unique<State>(State{path.string(), open_file(path, "wb")})) {
  ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_checksumFlag, 1);
}

ZstdWriter::~ZstdWriter() = default;
ZstdWriter::ZstdWriter(ZstdWriter&&) noexcept = default;
ZstdWriter& ZstdWriter::operator=(ZstdWriter&&) noexcept = default;

void ZstdWriter::write(std::string_view bytes) {
  state_->compress(bytes, ZSTD_e_continue);
}

void ZstdWriter::finish() {
  state_->compress({}, ZSTD_e_end);
  close_file(std::move(state_->file), state_->path);
}

struct ZstdLineReader::State {
  std::string path;
  FileHandle file;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(), &ZSTD_freeDCtx};
  std::vector<char> compressed = std::vector<char>(ZSTD_DStreamInSize());
  ZSTD_inBuffer input{compressed.data(), 0, 0};
  bool output_was_full = false;  ///< the decoder may hold more output
  std::size_t frame_state = 0;   ///< what ZSTD_decompressStream returned last: 0 at the end of a frame
  std::string text = {};         ///< decompressed, not yet handed out from text_begin on
  std::size_t text_begin = 0;

  /// Appends more decompressed bytes to `text`; false at the end of the file.
  bool fill() {
    text.erase(0, text_begin);
    text_begin = 0;
    if (input.pos == input.size && !output_was_full) {
      input.size = std::fread(compressed.data(), 1, compressed.size(), file.get());
      input.pos = 0;
      if (std::ferror(file.get()) != 0) throw base::errno_error("cannot read file", path);
      if (input.size == 0) {
        if (frame_state != 0) {
          throw base::Error(base::ErrorCode::kBadData, "truncated zstd file",
                            {.where = path, .hint = "make it again"});
        }
        return false;
      }
    }
    const std::size_t old_size = text.size();
    text.resize(old_size + ZSTD_DStreamOutSize());
    ZSTD_outBuffer output{text.data() + old_size, text.size() - old_size, 0};
    frame_state = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(frame_state) != 0) {
      throw base::Error(base::ErrorCode::kBadData,
                        std::string("damaged zstd file: ") + ZSTD_getErrorName(frame_state),
                        {.where = path, .hint = "make it again"});
    }
    output_was_full = output.pos == output.size;
    text.resize(old_size + output.pos);
    return true;
  }
};

ZstdLineReader::ZstdLineReader(const std::filesystem::path& path)
    : state_(std::make_unique<State>(State{path.string(), open_file(path, "rb")})) {}

ZstdLineReader::~ZstdLineReader() = default;
ZstdLineReader::ZstdLineReader(ZstdLineReader&&) noexcept = default;
ZstdLineReader& ZstdLineReader::operator=(ZstdLineReader&&) noexcept = default;

bool ZstdLineReader::next(std::string& line) {
  State& state = *state_;
  std::size_t searched = state.text_begin;
  for (;;) {
    const std::size_t newline = state.text.find('\n', searched);
    if (newline != std::string::npos) {
      line.assign(state.text, state.text_begin, newline - state.text_begin);
      state.text_begin = newline + 1;
      return true;
    }
    searched = state.text.size() - state.text_begin;  // fill() moves the rest to the front
    if (!state.fill()) break;
  }
  if (state.text_begin == state.text.size()) return false;
  line.assign(state.text, state.text_begin);
  state.text_begin = state.text.size();
  return true;
}

}  // namespace palimpsest::io
