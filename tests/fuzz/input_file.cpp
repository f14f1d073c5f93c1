#include "tests/fuzz/input_file.h"

#include <cstdio>

#include "common/io/file.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::fuzz {

std::filesystem::path input_file(const std::string& name, std::string_view content) {
  static const test::TemporaryDirectory folder;
  std::filesystem::path path = folder.path() / name;
  io::FileHandle file = io::open_file(path, "wb");
  std::fwrite(content.data(), 1, content.size(), file.get());
  io::close_file(std::move(file), path);
  return path;
}

}  // namespace palimpsest::fuzz
