#include "shard/packing.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace palimpsest::shard {

std::vector<std::vector<std::size_t>> pack_best_fit(std::span<const std::size_t> lengths,
                                                    std::size_t capacity) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return lengths[a] > lengths[b]; });
  std::vector<std::vector<std::size_t>> rows;
  std::set<std::pair<std::size_t, std::size_t>> open;  // (room left, row)
  for (const std::size_t item : order) {
    auto fit = open.lower_bound({lengths[item], 0});
    std::size_t row = rows.size();
    std::size_t room = capacity;
    if (fit != open.end()) {
      std::tie(room, row) = *fit;
      open.erase(fit);
    } else {
      rows.emplace_back();
    }
    rows[row].push_back(item);
    if (room > lengths[item]) open.emplace(room - lengths[item], row);
  }
  return rows;
}

}  // namespace palimpsest::shard
