#include "evaluate/infill/source_text.h"

#include <cstdio>

#include <simdjson.h>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::infill {
namespace {

/// Reads no more than it takes to see that there is too much: a pipe or a device has no size.
std::string read_bounded(std::FILE* file, const std::string& where) {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file)) {
    text.append(buffer, size);
    if (text.size() > kMostSourceBytes) {
      throw base::Error(
          base::ErrorCode::kBadData, "file is too large",
          {.expected = "at most " + std::to_string(kMostSourceBytes) + " bytes", .where = where});
    }
  }
  if (std::ferror(file) != 0) throw base::errno_error("cannot read file", where);
  return text;
}

}  // namespace

std::string read_source_text(const std::filesystem::path& file) {
  const bool standard_input = file == "-";
  const std::string where = standard_input ? "standard input" : file.string();
  const std::string text =
      standard_input ? read_bounded(stdin, where) : read_bounded(io::open_file(file, "rb").get(), where);
  if (!simdjson::validate_utf8(text))
    throw base::Error(base::ErrorCode::kBadData, "file is not UTF-8", {.where = where});
  return text;
}

}  // namespace palimpsest::infill
