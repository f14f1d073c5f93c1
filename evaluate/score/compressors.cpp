#include "evaluate/score/compressors.h"

#include <algorithm>
#include <array>
#include <string>

#include <lzma.h>
#include <zstd.h>

#include "common/base/error.h"

namespace palimpsest::evaluate {
namespace {

std::size_t checked(std::size_t result) {
  if (ZSTD_isError(result) != 0)
    throw base::Error(base::ErrorCode::kBug, std::string("zstd: ") + ZSTD_getErrorName(result));
  return result;
}

[[noreturn]] void fail(lzma_ret code) {
  throw base::Error(code == LZMA_MEM_ERROR ? base::ErrorCode::kEnvironment : base::ErrorCode::kBug,
                    "xz: LZMA2 encoder failed", {.got = "code " + std::to_string(code)});
}

/// Preset 9 with a dictionary as long as the text: longer ones only take memory.
lzma_options_lzma options_for(std::size_t bytes) {
  lzma_options_lzma options;
  if (lzma_lzma_preset(&options, kXzBest) != 0) fail(LZMA_OPTIONS_ERROR);
  options.dict_size =
      static_cast<std::uint32_t>(std::clamp<std::size_t>(bytes, LZMA_DICT_SIZE_MIN, std::size_t{1} << 30));
  return options;
}

/// One LZMA2 stream; write() returns the bytes it added.
class LzmaStream {
 public:
  explicit LzmaStream(std::size_t bytes) : options_(options_for(bytes)) {
    const std::array<lzma_filter, 2> filters = {lzma_filter{LZMA_FILTER_LZMA2, &options_},
                                                lzma_filter{LZMA_VLI_UNKNOWN, nullptr}};
    if (const lzma_ret code = lzma_raw_encoder(&stream_, filters.data()); code != LZMA_OK) fail(code);
  }
  ~LzmaStream() { lzma_end(&stream_); }
  LzmaStream(const LzmaStream&) = delete;
  LzmaStream& operator=(const LzmaStream&) = delete;

  std::size_t write(std::string_view text, lzma_action action) {
    const std::uint64_t before = stream_.total_out;
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
    stream_.avail_in = text.size();
    lzma_ret code = LZMA_OK;
    while (code == LZMA_OK) {
      stream_.next_out = buffer_.data();
      stream_.avail_out = buffer_.size();
      code = lzma_code(&stream_, action);
    }
    if (code != LZMA_STREAM_END) fail(code);
    return stream_.total_out - before;
  }

 private:
  lzma_options_lzma options_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::array<std::uint8_t, 1 << 16> buffer_{};
};

}  // namespace

struct ZstdCoder::State {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  std::unique_ptr<ZSTD_CDict, decltype(&ZSTD_freeCDict)> known{nullptr, &ZSTD_freeCDict};
  std::string buffer;
};

ZstdCoder::ZstdCoder(std::string_view known) : state_(std::make_unique<State>()) {
  checked(ZSTD_CCtx_setParameter(state_->context.get(), ZSTD_c_compressionLevel, kZstdBest));
  if (known.empty()) return;
  state_->known.reset(ZSTD_createCDict(known.data(), known.size(), kZstdBest));
  if (!state_->known) throw base::Error(base::ErrorCode::kEnvironment, "zstd: no memory for a dictionary");
  checked(ZSTD_CCtx_refCDict(state_->context.get(), state_->known.get()));
}

ZstdCoder::~ZstdCoder() = default;

std::size_t ZstdCoder::compressed_bytes(std::string_view text) {
  state_->buffer.resize(ZSTD_compressBound(text.size()));
  return checked(ZSTD_compress2(state_->context.get(), state_->buffer.data(), state_->buffer.size(),
                                text.data(), text.size()));
}

std::size_t xz_bytes(std::string_view text) {
  return LzmaStream(text.size()).write(text, LZMA_FINISH);
}

std::vector<std::size_t> xz_bytes_after(std::string_view known, const std::vector<std::string_view>& texts) {
  std::size_t bytes = known.size();
  for (const std::string_view text : texts) bytes += text.size();
  LzmaStream stream(bytes);
  stream.write(known, LZMA_SYNC_FLUSH);
  std::vector<std::size_t> added;
  for (const std::string_view text : texts) added.push_back(stream.write(text, LZMA_SYNC_FLUSH));
  return added;
}

}  // namespace palimpsest::evaluate
