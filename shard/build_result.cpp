#include "shard/build_result.h"

#include <array>

#include <fmt/format.h>

#include "common/base/progress.h"

namespace palimpsest::shard {

std::map<std::string, std::string> shard_names(const std::vector<UnitResult>& units) {
  std::array<std::size_t, tokens::kSplits.size()> next{};
  std::map<std::string, std::string> names;
  for (const UnitResult& unit : units) {
    for (const std::string& file : unit.files)
      names[file] = tokens::shard_file_name(unit.split, next[static_cast<std::size_t>(unit.split)]++);
  }
  return names;
}

io::Json build_counts(io::Json shared, const std::vector<UnitResult>& units) {
  const auto labels = shared.at("labels").get<std::vector<std::string>>();
  std::map<tokens::Split, std::vector<RowCounts>> sums;
  for (const UnitResult& unit : units) {
    std::vector<RowCounts>& sum = sums[unit.split];
    sum.resize(labels.size());
    for (std::size_t label = 0; label < labels.size(); ++label) sum[label] += unit.by_label.at(label);
  }
  io::Json splits = io::Json::object();
  for (const auto& [split, counts] : sums) {
    for (std::size_t label = 0; label < labels.size(); ++label)
      splits[tokens::split_name(split)][labels[label]] = to_json(counts[label]);
  }
  shared["splits"] = std::move(splits);
  return shared;
}

std::string result_text(const std::vector<UnitResult>& units, const std::filesystem::path& out) {
  std::array<std::uint64_t, tokens::kSplits.size()> rows{};
  RowCounts all;
  for (const UnitResult& unit : units) {
    for (const RowCounts& counts : unit.by_label) {
      all += counts;
      rows[static_cast<std::size_t>(unit.split)] += counts.rows;
    }
  }
  return fmt::format(
      "{} train, {} valid, {} test rows, {} of text, {:.3f} bytes per token, {:.1f}% padding -> {}\n",
      rows[0], rows[1], rows[2], base::format_bytes(all.text_bytes), all.bytes_per_token(),
      100 * all.padding_share(), out.string());
}

}  // namespace palimpsest::shard
