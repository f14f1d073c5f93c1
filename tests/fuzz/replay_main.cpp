// replay FOLDER...: runs a fuzz target, without libFuzzer, on every file below the folders and on some
// damaged copies of each. What the normal tests do with the seeds.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "common/base/hash.h"
#include "common/base/random.h"
#include "common/io/file.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using palimpsest::base::Random;

constexpr int kDamagedCopies = 40;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// Cut short, or with some bytes changed, or with a part of it twice.
std::string damaged(std::string input, Random& random) {
  if (input.empty()) return input;
  const std::size_t at = random.below(input.size());
  switch (random.below(3)) {
    case 0:
      input.resize(at);
      break;
    case 1:
      for (std::uint64_t left = 1 + random.below(4); left > 0; --left)
        input[random.below(input.size())] = static_cast<char>(random.below(256));
      break;
    default:
      input.insert(random.below(input.size()), input.substr(at, 1 + random.below(64)));
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) continue;  // few targets have both kinds of seeds
    for (const auto& entry : fs::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::fprintf(stderr, "%s\n", file.c_str());
    const std::string input = palimpsest::io::read_file(file);
    run(input);
    Random random({palimpsest::base::hash64(input)});
    for (int i = 0; i < kDamagedCopies; ++i) run(damaged(input, random));
  }
  run("");
  std::printf("%zu seeds\n", files.size());
  return files.empty() ? 1 : 0;
}
