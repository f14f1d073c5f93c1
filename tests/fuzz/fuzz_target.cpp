#include "tests/fuzz/fuzz_target.h"

#include <simdjson.h>
#include <spdlog/spdlog.h>

namespace palimpsest::fuzz {

std::string as_utf8(std::string_view input) {
  if (simdjson::validate_utf8(input.data(), input.size())) return std::string(input);
  std::string text;
  for (const char c : input) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return text;
}

}  // namespace palimpsest::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spdlog::set_level(spdlog::level::off);
  // A copy of exactly this size, so that AddressSanitizer sees one byte too many.
  const std::string input(reinterpret_cast<const char*>(data), size);
  palimpsest::fuzz::run_one(input);
  return 0;
}
