// Counts of rows, tokens and bytes by split and label: for manifests, one-line results and tables.
#pragma once

#include <cstdint>

#include "common/io/json.h"

namespace palimpsest::shard {

struct RowCounts {
  std::uint64_t rows = 0;
  std::uint64_t segments = 0;
  std::uint64_t tokens = 0;  ///< all that is not padding: header, text and `<|end|>`
  std::uint64_t header_tokens = 0;
  std::uint64_t padding = 0;  ///< positions
  std::uint64_t text_bytes = 0;
  std::uint64_t first_fit_rows = 0;  ///< rows that plain first-fit would need for the same segments

  RowCounts& operator+=(const RowCounts& other);
  double padding_share() const;
  double first_fit_padding_share() const;

  /// Text bytes by token of text; `<|end|>` and headers are none.
  double bytes_per_token() const;
};

io::Json to_json(const RowCounts& counts);

/// Throws Error{kBadData} that names `where`.
RowCounts parse_row_counts(const io::Json& json, const std::string& where);

}  // namespace palimpsest::shard
