#include "ingest/text_encoding.h"

#include <cstdint>

#include <iconv.h>

#include "common/base/error.h"

namespace palimpsest::ingest {
namespace {

class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-8", "UTF-16")) {
    if (reinterpret_cast<std::intptr_t>(handle_) == -1)
      throw base::errno_error("cannot convert UTF-16", "iconv");
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  iconv_t handle() const { return handle_; }

 private:
  iconv_t handle_;
};

}  // namespace

const char* utf16_name(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return "utf-16le";
  return bytes.starts_with("\xFE\xFF") ? "utf-16be" : nullptr;
}

std::optional<std::string> utf16_to_utf8(std::string_view bytes) {
  const Converter converter;
  std::string input(bytes);
  std::string output(bytes.size() / 2 * 3, '\0');  // three bytes are the most for two
  char* from = input.data();
  char* to = output.data();
  std::size_t from_left = input.size();
  std::size_t to_left = output.size();
  if (iconv(converter.handle(), &from, &from_left, &to, &to_left) != 0 || from_left != 0) return std::nullopt;
  output.resize(output.size() - to_left);
  return output;
}

}  // namespace palimpsest::ingest
