#include "ingest/task_share.h"

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace palimpsest::ingest {

std::vector<std::size_t> task_share(const std::vector<std::uint64_t>& bytes, std::size_t task,
                                    std::size_t of) {
  const auto known = static_cast<std::uint64_t>(
      std::count_if(bytes.begin(), bytes.end(), [](std::uint64_t size) { return size > 0; }));
  const std::uint64_t sum = std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
  const std::uint64_t mean = known == 0 ? 1 : std::max<std::uint64_t>(sum / known, 1);
  const auto size_of = [&](std::size_t i) { return bytes[i] > 0 ? bytes[i] : mean; };

  std::vector<std::size_t> order(bytes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return size_of(a) > size_of(b); });
  std::vector<std::uint64_t> load(of, 0);
  std::vector<std::size_t> share;
  for (const std::size_t i : order) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += size_of(i);
    if (static_cast<std::size_t>(least - load.begin()) == task) share.push_back(i);
  }
  std::sort(share.begin(), share.end());
  return share;
}

std::uint64_t known_bytes(const SourceSpec& spec) {
  if (spec.bytes > 0) return spec.bytes;
  if (spec.kind != SourceKind::kTarball && spec.kind != SourceKind::kJsonl) return 0;
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(spec.location, error);
  return error ? 0 : size;
}

}  // namespace palimpsest::ingest
