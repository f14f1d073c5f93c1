#include "evaluate/bench/copy_filler.h"

#include <algorithm>
#include <optional>

#include "evaluate/bench/lexemes.h"

namespace palimpsest::bench {
namespace {

using Lexemes = std::vector<std::string_view>;

constexpr std::size_t kMaxRun = 64;
constexpr std::size_t kMaxPlaces = 64;

/// How many lexemes before `at` equal those at the end of `before`.
std::size_t common_run(const Lexemes& text, std::size_t at, const Lexemes& before) {
  std::size_t run = 0;
  while (run < kMaxRun && run < at && run < before.size() &&
         text[at - 1 - run] == before[before.size() - 1 - run]) {
    ++run;
  }
  return run;
}

/// What stands from `at` to the next place that goes on like `after`.
std::optional<std::string> copy(const Lexemes& text, std::size_t at, const Lexemes& after) {
  const std::size_t last = std::min(text.size(), at + CopyFiller::kMaxLexemes);
  for (const std::size_t wanted : {std::size_t{2}, std::size_t{1}}) {
    if (after.size() < wanted) continue;
    std::string copied;
    for (std::size_t i = at; i + wanted <= last; ++i) {
      if (std::equal(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(wanted),
                     text.begin() + static_cast<std::ptrdiff_t>(i))) {
        return copied;
      }
      copied += text[i];
    }
  }
  return std::nullopt;
}

struct Place {
  std::size_t run = 0;
  std::size_t distance = 0;
  std::size_t at = 0;
  bool is_behind = false;
};

void find_places(const Lexemes& text, const Lexemes& before, bool is_behind, std::vector<Place>& places) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    const std::size_t run = common_run(text, at, before);
    if (run > 0) places.push_back({run, is_behind ? at : text.size() - at, at, is_behind});
  }
}

}  // namespace

Fills CopyFiller::fill(const Hole& hole, std::size_t candidates, std::uint64_t) const {
  const Lexemes before = split_lexemes(hole.prompt);
  const Lexemes after = split_lexemes(hole.suffix);
  std::vector<Place> places;
  find_places(before, before, false, places);
  find_places(after, before, true, places);
  const std::size_t kept = std::min(places.size(), kMaxPlaces);
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(kept), places.end(),
                    [](const Place& a, const Place& b) {
                      if (a.run != b.run) return a.run > b.run;
                      return a.distance != b.distance ? a.distance < b.distance : a.is_behind < b.is_behind;
                    });
  Fills fills;
  for (std::size_t i = 0; i < kept && fills.size() < candidates; ++i) {
    const auto copied = copy(places[i].is_behind ? after : before, places[i].at, after);
    if (copied && !copied->empty() && std::find(fills.begin(), fills.end(), *copied) == fills.end()) {
      fills.push_back(*copied);
    }
  }
  if (fills.empty()) fills.emplace_back();
  return fills;
}

}  // namespace palimpsest::bench
