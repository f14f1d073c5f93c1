// Why a text is not worth training on, judged by its bytes alone.
#pragma once

#include <string_view>

namespace palimpsest::ingest {

/// The name of the first filter that refuses the text, or null: empty, mpeg_video, qt_translation, utf16,
/// binary (NUL bytes), not_utf8, generated (a marker in a comment of the first lines).
const char* content_skip_reason(std::string_view text, bool drop_generated = true);

/// The expression behind `SPDX-License-Identifier:` near the beginning of the text, or empty.
std::string_view spdx_header(std::string_view text);

}  // namespace palimpsest::ingest
