// The little of UTF-8 that needs no library.
#pragma once

namespace palimpsest::base {

/// Whether the byte goes on with a character that an earlier byte began.
constexpr bool is_continuation_byte(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace palimpsest::base
