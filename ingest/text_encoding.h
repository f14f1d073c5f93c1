// Files in UTF-16, as some Windows tools write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace palimpsest::ingest {

/// `utf-16le` or `utf-16be` by the byte order mark at the beginning, or null.
const char* utf16_name(std::string_view bytes);

/// The same text in UTF-8, without byte order mark; nothing when the bytes are no UTF-16 (an odd number of
/// them, half a surrogate pair). REQUIRES: utf16_name(bytes) is not null. Thread-safe.
std::optional<std::string> utf16_to_utf8(std::string_view bytes);

}  // namespace palimpsest::ingest
