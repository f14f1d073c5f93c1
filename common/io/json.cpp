#include "common/io/json.h"

#include <string>

#include "common/base/error.h"
#include "common/io/file.h"

namespace palimpsest::io {

Json parse_json(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw base::Error(
        base::ErrorCode::kBadData, "not valid JSON",
        {.where = where + "@" + std::to_string(error.byte), .hint = "the file is damaged or not JSON"});
  } catch (const Json::exception& error) {  // a number beyond the range of double
    throw base::Error(base::ErrorCode::kBadData, "not valid JSON", {.got = error.what(), .where = where});
  }
}

Json read_json(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

void write_json(const std::filesystem::path& path, const Json& value) {
  write_file_atomically(path, value.dump(2) + "\n");
}

void throw_bad_field(const char* key, const char* why, const std::string& where) {
  throw base::Error(base::ErrorCode::kBadData, std::string("field \"") + key + "\" " + why, {.where = where});
}

}  // namespace palimpsest::io
