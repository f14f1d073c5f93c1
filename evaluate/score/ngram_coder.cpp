#include "evaluate/score/ngram_coder.h"

#include <algorithm>
#include <cmath>

#include "common/base/random.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kFirstRuns = 1 << 12;
constexpr std::uint64_t kEmptyRun = 0x656d707479;  // hash of the run of no tokens

/// hashes[n]: of the n ids before `end`. Before the segment stands padding, so that its first tokens have
/// full contexts too.
std::array<std::uint64_t, NgramCoder::kOrder + 1> run_hashes(std::span<const tokens::TokenId> ids,
                                                             std::size_t end) {
  std::array<std::uint64_t, NgramCoder::kOrder + 1> hashes{};
  hashes[0] = kEmptyRun;
  for (std::size_t n = 1; n < hashes.size(); ++n) {
    const tokens::TokenId id = n <= end ? ids[end - n] : tokens::kPadId;
    hashes[n] = base::mix64(hashes[n - 1] * 0x9e3779b97f4a7c15ULL + id + 1) | 1;
  }
  return hashes;
}

}  // namespace

NgramCoder::NgramCoder(std::size_t vocabulary) : predictable_(vocabulary - 2), runs_(kFirstRuns) {}

NgramCoder::Run& NgramCoder::find_or_add(std::uint64_t hash) {
  if (2 * used_ >= runs_.size()) grow();
  std::size_t slot = hash & (runs_.size() - 1);
  while (runs_[slot].hash != 0 && runs_[slot].hash != hash) slot = (slot + 1) & (runs_.size() - 1);
  if (runs_[slot].hash == 0) {
    runs_[slot].hash = hash;
    ++used_;
  }
  return runs_[slot];
}

const NgramCoder::Run* NgramCoder::find(std::uint64_t hash) const {
  std::size_t slot = hash & (runs_.size() - 1);
  while (runs_[slot].hash != 0 && runs_[slot].hash != hash) slot = (slot + 1) & (runs_.size() - 1);
  return runs_[slot].hash == 0 ? nullptr : &runs_[slot];
}

void NgramCoder::grow() {
  std::vector<Run> old(runs_.size() * 2);
  old.swap(runs_);
  for (const Run& run : old) {
    if (run.hash == 0) continue;
    std::size_t slot = run.hash & (runs_.size() - 1);
    while (runs_[slot].hash != 0) slot = (slot + 1) & (runs_.size() - 1);
    runs_[slot] = run;
  }
}

void NgramCoder::learn(std::span<const tokens::TokenId> ids) {
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const auto contexts = run_hashes(ids, at);
    const auto runs = run_hashes(ids, at + 1);
    // A run counts once more; when it is new, so does the run without its first token: continuation counts.
    for (std::size_t n = kOrder; n > 0; --n) {
      const std::uint32_t count = ++find_or_add(runs[n]).count;
      Run& context = find_or_add(contexts[n - 1]);
      context.followed += 1;
      once_[n] += count == 1 ? 1 : 0;
      once_[n] -= count == 2 ? 1 : 0;
      twice_[n] += count == 2 ? 1 : 0;
      twice_[n] -= count == 3 ? 1 : 0;
      if (count > 1) break;
      context.successors += 1;
    }
  }
}

/// D = n1 / (n1 + 2 n2) (Ney, Essen and Kneser 1994).
std::array<double, NgramCoder::kOrder + 1> NgramCoder::discounts() const {
  std::array<double, kOrder + 1> discount{};
  for (std::size_t n = 1; n <= kOrder; ++n) {
    const auto once = static_cast<double>(once_[n]);
    const double both = once + 2 * static_cast<double>(twice_[n]);
    discount[n] = both > 0 ? std::clamp(once / both, 0.1, 0.9) : 0.5;
  }
  return discount;
}

double NgramCoder::probability(std::span<const tokens::TokenId> ids, std::size_t at) const {
  const auto contexts = run_hashes(ids, at);
  const auto runs = run_hashes(ids, at + 1);
  const auto discount = discounts();
  double p = 1 / static_cast<double>(predictable_);
  for (std::size_t n = 1; n <= kOrder; ++n) {
    const Run* context = find(contexts[n - 1]);
    if (context == nullptr || context->followed == 0) break;  // longer contexts were not seen either
    const Run* run = find(runs[n]);
    const double count = run == nullptr ? 0 : run->count;
    p = (std::max(0.0, count - discount[n]) + discount[n] * context->successors * p) /
        static_cast<double>(context->followed);
  }
  return p;
}

double NgramCoder::nats(std::span<const tokens::TokenId> ids) const {
  double sum = 0;
  for (std::size_t at = 0; at < ids.size(); ++at) sum -= std::log(probability(ids, at));
  return sum;
}

}  // namespace palimpsest::evaluate
