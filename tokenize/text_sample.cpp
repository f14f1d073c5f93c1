#include "tokenize/text_sample.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace palimpsest::tokenize {
namespace {

constexpr unsigned kFractionBits = 20;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

}  // namespace

std::vector<bool> stratified_sample(const std::vector<SampleItem>& items, std::uint64_t budget) {
  std::map<std::string_view, std::uint64_t> stratum_bytes;
  for (const SampleItem& item : items) stratum_bytes[item.stratum] += item.bytes;
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(items[a].stratum, items[a].key) < std::tie(items[b].stratum, items[b].key);
  });
  // An item's turn comes with the part of its stratum that stands before it.
  std::vector<std::uint64_t> turn(items.size());
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const SampleItem& item = items[order[i]];
    if (i > 0 && items[order[i - 1]].stratum != item.stratum) before = 0;
    turn[order[i]] = (before << kFractionBits) / std::max<std::uint64_t>(stratum_bytes[item.stratum], 1);
    before += item.bytes;
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(turn[a], items[a].key, items[a].stratum) <
           std::tie(turn[b], items[b].key, items[b].stratum);
  });
  std::vector<bool> taken(items.size());
  for (const std::size_t i : order) {
    if (items[i].bytes > budget) continue;
    taken[i] = true;
    budget -= items[i].bytes;
  }
  return taken;
}

std::vector<std::string_view> text_blocks(std::string_view text, std::size_t max_bytes) {
  std::vector<std::string_view> blocks;
  while (text.size() > max_bytes) {
    std::size_t size = text.rfind('\n', max_bytes - 1) + 1;  // npos + 1 = 0: no newline
    if (size == 0) {
      size = max_bytes;
      while (size > 1 && is_continuation(text[size])) --size;
    }
    blocks.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  if (!text.empty()) blocks.push_back(text);
  return blocks;
}

}  // namespace palimpsest::tokenize
