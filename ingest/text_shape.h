// Whether a text looks like code that people wrote: lines, encoded data, known generators.
#pragma once

#include <string_view>

namespace palimpsest::ingest {

/// Limits of text_shape_reason(); their origin is in README.md.
struct ShapeLimits {
  double max_mean_line = 100;  ///< mean bytes of a line; 0 = no limit
  std::size_t max_line =
      1'000;  ///< bytes of the longest line outside data, when the mean is long; 0 = no limit
  double max_encoded_share = 0.5;  ///< bytes in runs of base64, hexadecimal or escapes / bytes of the text
};

/// lfs_pointer, minified, long_lines or encoded_data, or null. REQUIRES: valid UTF-8.
const char* text_shape_reason(std::string_view text, const ShapeLimits& limits);

/// True for paths that tools write: `__generated__/`, `.prisma/`, next-env.d.ts and the like.
bool is_generated_path(std::string_view path);

/// True when the first lines name a generator: Prisma, GraphQL codegen, OpenAPI, protobuf, Nx and others.
bool names_generator(std::string_view text);

}  // namespace palimpsest::ingest
