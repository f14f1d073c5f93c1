// Lines of a zstd file: of damaged files, and of the input compressed in frames that end anywhere.
#include <algorithm>
#include <vector>

#include <zstd.h>

#include "common/io/zstd.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

namespace {

using namespace palimpsest;

std::string frames_of(std::string_view text, std::size_t frame_bytes) {
  std::string frames;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, frame_bytes);
    text.remove_prefix(part.size());
    std::string frame(ZSTD_compressBound(part.size()), '\0');
    frame.resize(ZSTD_compress(frame.data(), frame.size(), part.data(), part.size(), 1));
    frames += frame;
  }
  return frames;
}

std::vector<std::string> lines_of(const std::string& file) {
  io::ZstdLineReader reader(fuzz::input_file("lines.zst", file));
  std::vector<std::string> lines;
  for (std::string line; reader.next(line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

void palimpsest::fuzz::run_one(std::string_view input) {
  accepts([&] { lines_of(std::string(input)); });
  Input numbers(input);
  const std::size_t least = 1 + numbers.below(300);
  const std::string_view text = numbers.rest();
  const std::size_t frame_bytes =
      std::max(least, text.size() / 64);  // a context for each frame takes its time
  check(lines_of(frames_of(text, frame_bytes)) == split(text), "other lines");
}
