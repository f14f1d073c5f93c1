#include "ingest/duplicate_index.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "common/base/hash.h"
#include "common/io/json.h"

namespace palimpsest::ingest {
namespace {

std::uint64_t band_key(const Sketch& sketch, std::size_t band) {
  const char* rows = reinterpret_cast<const char*>(sketch.data() + band * kRowsPerBand);
  return base::hash64({rows, kRowsPerBand * sizeof(sketch[0])}, band);
}

void make_set(std::vector<std::uint32_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  values.shrink_to_fit();
}

/// The highest similarity that sets of these sizes can have.
double best_similarity(std::size_t a, std::size_t b) {
  const std::size_t larger = std::max(a, b);
  return larger == 0 ? 1.0 : static_cast<double>(std::min(a, b)) / static_cast<double>(larger);
}

}  // namespace

Duplicate DuplicateIndex::drop(const std::string& name, Duplicate duplicate) {
  clusters_[duplicate.survivor].push_back({name, duplicate.reason, duplicate.similarity});
  return duplicate;
}

std::optional<Duplicate> DuplicateIndex::add_exact(const std::string& name, const Fingerprint& fingerprint) {
  if (const auto same = first_.find(fingerprint.text_hash); same != first_.end()) {
    return drop(name, {"duplicate", same->second.name, same->second.similarity});
  }
  // Both digests are 128 bits of different inputs; one table serves both.
  if (const auto same = first_.find(fingerprint.packed_hash); same != first_.end()) {
    return drop(name, {"duplicate_without_space", same->second.name, same->second.similarity});
  }
  first_[fingerprint.text_hash] = first_[fingerprint.packed_hash] = {name, 1};
  return std::nullopt;
}

std::vector<std::uint32_t> DuplicateIndex::candidates(const Sketch& sketch) const {
  std::vector<std::uint32_t> files;
  for (std::size_t band = 0; band < kBands; ++band) {
    const auto head = heads_.find(band_key(sketch, band));
    if (head == heads_.end()) continue;
    for (std::uint64_t entry = head->second; entry != 0; entry = next_[entry - 1]) {
      files.push_back(static_cast<std::uint32_t>((entry - 1) / kBands));
    }
  }
  make_set(files);
  return files;
}

void DuplicateIndex::remember(Kept kept, const Sketch& sketch) {
  const std::uint64_t first_entry = std::uint64_t{kept_.size()} * kBands + 1;
  kept_.push_back(std::move(kept));
  next_.resize(next_.size() + kBands);
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint64_t& head = heads_[band_key(sketch, band)];
    next_[first_entry + band - 1] = std::exchange(head, first_entry + band);
  }
}

std::optional<Duplicate> DuplicateIndex::add_near(const std::string& name, Fingerprint fingerprint) {
  if (threshold_ <= 0 || fingerprint.shingles.empty()) return std::nullopt;
  const std::vector<std::uint32_t> similar = candidates(fingerprint.sketch);
  Kept file{name, std::move(fingerprint.shingles)};
  file.is_set = !similar.empty();
  if (file.is_set) make_set(file.shingles);
  const Kept* survivor = nullptr;
  double best = 0;
  for (const std::uint32_t candidate : similar) {
    Kept& other = kept_[candidate];
    if (!std::exchange(other.is_set, true)) make_set(other.shingles);
    if (best_similarity(other.shingles.size(), file.shingles.size()) < std::max(best, threshold_)) continue;
    const double similarity = jaccard(other.shingles, file.shingles);
    if (similarity < threshold_ || similarity <= best) continue;
    best = similarity;
    survivor = &other;
  }
  if (survivor != nullptr) {
    // Copies of this file repeat what survives of it.
    first_[fingerprint.text_hash] = first_[fingerprint.packed_hash] = {survivor->name, best};
    return drop(name, {"near_duplicate", survivor->name, best});
  }
  file.shingles.shrink_to_fit();
  remember(std::move(file), fingerprint.sketch);
  return std::nullopt;
}

std::string DuplicateIndex::cluster_lines() const {
  constexpr double kDigits = 1e4;
  std::string lines;
  for (const auto& [survivor, dropped] : clusters_) {
    io::Json files = io::Json::array();
    for (const Dropped& file : dropped) {
      files.push_back({{"file", file.name},
                       {"reason", file.reason},
                       {"similarity", std::round(file.similarity * kDigits) / kDigits}});
    }
    lines += io::Json{{"survivor", survivor}, {"dropped", std::move(files)}}.dump() + "\n";
  }
  return lines;
}

}  // namespace palimpsest::ingest
