#include "shard/unit_build.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "common/base/error.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "shard/unit_segments.h"
#include "shard/unit_writer.h"

namespace palimpsest::shard {
namespace {

class UnitBuilder {
 public:
  explicit UnitBuilder(const UnitBuild& build)
      : build_(build),
        progress_("units", static_cast<std::uint64_t>(std::count(build.mine.begin(), build.mine.end(), true)),
                  "units") {
    for (std::size_t unit = 0; unit < build.plan.units.size(); ++unit) {
      if (build.mine[unit] && build.plan.units[unit].documents == 0) ready_.push_back({unit, {}});
    }
  }

  void add(std::uint32_t unit, io::Document&& document) {
    if (unit == kNoUnit || !build_.mine[unit]) return;
    std::vector<io::Document>& open = open_[unit];
    open.push_back(std::move(document));
    if (open.size() < build_.plan.units[unit].documents) return;
    ready_.push_back({unit, std::move(open)});
    open_.erase(unit);
    if (ready_.size() >= build_.threads) build_ready();
  }

  std::vector<UnitResult> finish() {
    build_ready();
    if (!open_.empty()) {
      throw base::Error(base::ErrorCode::kBadData, "the documents changed while they were read");
    }
    std::sort(results_.begin(), results_.end(),
              [](const UnitResult& a, const UnitResult& b) { return a.unit < b.unit; });
    return std::move(results_);
  }

 private:
  struct Ready {
    std::size_t unit = 0;
    std::vector<io::Document> documents;
  };

  void build_ready() {
    base::throw_if_stopped();
    const std::size_t first = results_.size();
    results_.resize(first + ready_.size());
    tbb::parallel_for(std::size_t{0}, ready_.size(),
                      [&](std::size_t i) { results_[first + i] = build_one(std::move(ready_[i])); });
    progress_.add(ready_.size());
    ready_.clear();
  }

  UnitResult build_one(Ready&& ready) const {
    const Unit& unit = build_.plan.units[ready.unit];
    tokens::ShardHeader header = build_.header;
    header.split = unit.split;
    UnitResult result{.unit = ready.unit, .split = unit.split, .files = {}, .by_label = {}};
    const UnitSegments segments = cut_documents(std::move(ready.documents), header.labels, build_.segmenter);
    result.by_label = write_unit(segments, header, [&](std::size_t part) {
      result.files.push_back(unit_file_name(unit, part));
      return build_.path_of(result.files.back());
    });
    return result;
  }

  const UnitBuild& build_;
  std::map<std::uint32_t, std::vector<io::Document>> open_;
  std::vector<Ready> ready_;
  std::vector<UnitResult> results_;
  base::Progress progress_;
};

}  // namespace

std::string unit_file_name(const Unit& unit, std::size_t part) {
  return fmt::format("{}/unit-{:05}-{}.pls", tokens::split_name(unit.split), unit.number, part);
}

io::Json to_json(const UnitResult& result) {
  io::Json labels = io::Json::array();
  for (const RowCounts& counts : result.by_label) labels.push_back(to_json(counts));
  return {{"unit", result.unit},
          {"split", tokens::split_name(result.split)},
          {"files", result.files},
          {"labels", std::move(labels)}};
}

UnitResult parse_unit_result(const io::Json& json, const std::string& where) {
  UnitResult result{.unit = io::require<std::size_t>(json, "unit", where),
                    .files = io::require<std::vector<std::string>>(json, "files", where),
                    .by_label = {}};
  const auto split = io::require<std::string>(json, "split", where);
  const auto found = std::find_if(tokens::kSplits.begin(), tokens::kSplits.end(),
                                  [&](tokens::Split name) { return split == tokens::split_name(name); });
  if (found == tokens::kSplits.end()) {
    throw base::Error(base::ErrorCode::kBadData, "no such split", {.got = split, .where = where});
  }
  result.split = *found;
  for (const io::Json& counts : io::require<io::Json>(json, "labels", where))
    result.by_label.push_back(parse_row_counts(counts, where));
  return result;
}

std::vector<UnitResult> build_units(const std::filesystem::path& documents, const UnitBuild& build) {
  UnitBuilder builder(build);
  std::size_t number = 0;
  io::for_each_document(documents, [&](io::Document&& document) {
    if (number == build.plan.unit_of_document.size()) {
      throw base::Error(base::ErrorCode::kBadData, "the documents changed while they were read");
    }
    builder.add(build.plan.unit_of_document[number++], std::move(document));
  });
  return builder.finish();
}

}  // namespace palimpsest::shard
