#include "shard/packing.h"

#include <algorithm>
#include <bit>
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

std::size_t first_fit_rows(std::span<const std::size_t> lengths, std::size_t capacity) {
  // A tree over as many rows as could be needed; each node holds the most room of a row below it.
  const std::size_t leaves = std::bit_ceil(std::max<std::size_t>(lengths.size(), 1));
  std::vector<std::size_t> room(2 * leaves, capacity);
  std::size_t rows = 0;
  for (const std::size_t length : lengths) {
    std::size_t node = 1;
    while (node < leaves) node = room[2 * node] >= length ? 2 * node : 2 * node + 1;
    rows = std::max(rows, node - leaves + 1);
    room[node] -= length;
    for (node /= 2; node > 0; node /= 2) room[node] = std::max(room[2 * node], room[2 * node + 1]);
  }
  return rows;
}

}  // namespace palimpsest::shard
