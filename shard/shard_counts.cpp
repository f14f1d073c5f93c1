#include "shard/shard_counts.h"

namespace palimpsest::shard {

RowCounts& RowCounts::operator+=(const RowCounts& other) {
  rows += other.rows;
  segments += other.segments;
  tokens += other.tokens;
  header_tokens += other.header_tokens;
  padding += other.padding;
  text_bytes += other.text_bytes;
  first_fit_rows += other.first_fit_rows;
  return *this;
}

double RowCounts::padding_share() const {
  const std::uint64_t positions = tokens + padding;
  return positions == 0 ? 0 : static_cast<double>(padding) / static_cast<double>(positions);
}

double RowCounts::first_fit_padding_share() const {
  if (rows == 0) return 0;
  const std::uint64_t positions = first_fit_rows * ((tokens + padding) / rows);
  return 1 - static_cast<double>(tokens) / static_cast<double>(positions);
}

double RowCounts::bytes_per_token() const {
  const std::uint64_t text_tokens = tokens - header_tokens - segments;
  return text_tokens == 0 ? 0 : static_cast<double>(text_bytes) / static_cast<double>(text_tokens);
}

io::Json to_json(const RowCounts& counts) {
  return {{"rows", counts.rows},
          {"segments", counts.segments},
          {"tokens", counts.tokens},
          {"header_tokens", counts.header_tokens},
          {"padding", counts.padding},
          {"padding_share", counts.padding_share()},
          {"text_bytes", counts.text_bytes},
          {"first_fit_rows", counts.first_fit_rows}};
}

RowCounts parse_row_counts(const io::Json& json, const std::string& where) {
  const auto field = [&](const char* key) { return io::require<std::uint64_t>(json, key, where); };
  return {.rows = field("rows"),
          .segments = field("segments"),
          .tokens = field("tokens"),
          .header_tokens = field("header_tokens"),
          .padding = field("padding"),
          .text_bytes = field("text_bytes"),
          .first_fit_rows = field("first_fit_rows")};
}

}  // namespace palimpsest::shard
