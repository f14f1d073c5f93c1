#include "ingest/fingerprint.h"

#include <algorithm>
#include <limits>

#include "common/base/hash.h"
#include "common/base/random.h"

namespace palimpsest::ingest {
namespace {

enum class CharClass : std::uint8_t { kWhite, kWord, kOther };

constexpr std::array<CharClass, 256> char_classes() {
  std::array<CharClass, 256> classes{};
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                         c == '_' || c == '$' || c >= 0x80;
    const bool is_white = c == ' ' || (c >= '\t' && c <= '\r');
    classes[c] = is_white ? CharClass::kWhite : is_word ? CharClass::kWord : CharClass::kOther;
  }
  return classes;
}

constexpr std::array<CharClass, 256> kClasses = char_classes();
constexpr std::uint64_t kTokenBase = 0x100000001b3ULL;  // FNV-1a, 64 bits
constexpr std::uint64_t kTokenSeed = 0xcbf29ce484222325ULL;
constexpr std::uint64_t kShingleBase =
    0x9e3779b97f4a7c15ULL;  // odd, so that the rolling hash keeps all tokens
constexpr std::uint64_t kRoundStep = 0xd1342543de82ef95ULL;

constexpr std::uint64_t power(std::uint64_t base, std::size_t exponent) {
  std::uint64_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

/// Hashes of all windows of kShingleTokens tokens, updated in constant time a token.
class ShingleRoller {
 public:
  explicit ShingleRoller(std::vector<std::uint64_t>& shingles) : shingles_(shingles) {}

  void add(std::uint64_t token) {
    std::uint64_t& slot = window_[count_ % kShingleTokens];
    hash_ = hash_ * kShingleBase + token - slot * kOldest;
    slot = token;
    if (++count_ >= kShingleTokens) shingles_.push_back(base::mix64(hash_));
  }

  void finish() {
    if (count_ > 0 && count_ < kShingleTokens) shingles_.push_back(base::mix64(hash_));
  }

 private:
  static constexpr std::uint64_t kOldest = power(kShingleBase, kShingleTokens);

  std::vector<std::uint64_t>& shingles_;
  std::array<std::uint64_t, kShingleTokens> window_{};
  std::size_t count_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace

Fingerprint exact_fingerprint(std::string_view text) {
  std::string packed;
  packed.reserve(text.size());
  for (const char c : text) {
    if (kClasses[static_cast<unsigned char>(c)] != CharClass::kWhite) packed.push_back(c);
  }
  return {.text_hash = base::hash128_hex(text), .packed_hash = base::hash128_hex(packed), .shingles = {}};
}

std::vector<std::uint64_t> shingle_hashes(std::string_view text) {
  constexpr std::size_t kBytesPerToken = 4;
  std::vector<std::uint64_t> shingles;
  shingles.reserve(text.size() / kBytesPerToken);
  ShingleRoller roller(shingles);
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i++]);
    if (kClasses[first] == CharClass::kWhite) continue;
    std::uint64_t token = (kTokenSeed ^ first) * kTokenBase;
    if (kClasses[first] == CharClass::kWord) {
      for (; i < text.size(); ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if (kClasses[next] != CharClass::kWord) break;
        token = (token ^ next) * kTokenBase;
      }
    }
    roller.add(token ^ (token >> 32));
  }
  roller.finish();
  return shingles;
}

Sketch sketch_of(const std::vector<std::uint64_t>& shingles) {
  constexpr std::uint64_t kEmpty = std::numeric_limits<std::uint64_t>::max();
  std::array<std::uint64_t, kSketchSize> bins;
  bins.fill(kEmpty);
  std::size_t empty = kSketchSize;
  const auto put = [&](std::size_t bin, std::uint64_t value) {
    if (bins[bin] == kEmpty) --empty;
    bins[bin] = std::min(bins[bin], value);
  };
  // After kSketchSize rounds, one bin a round is forced, so that twice as many always fill all.
  for (std::size_t round = 0; round < 2 * kSketchSize && empty > 0 && !shingles.empty(); ++round) {
    for (const std::uint64_t shingle : shingles) {
      const std::uint64_t hash = round == 0 ? shingle : base::mix64(shingle + round * kRoundStep);
      const std::size_t bin = round < kSketchSize ? ((hash >> 32) * kSketchSize) >> 32 : round - kSketchSize;
      put(bin, (std::uint64_t{round} << 32) | (hash & 0xffffffffU));
    }
  }
  Sketch sketch{};
  std::transform(bins.begin(), bins.end(), sketch.begin(),
                 [](std::uint64_t value) { return static_cast<std::uint32_t>(base::mix64(value)); });
  return sketch;
}

void add_shingles(std::string_view text, Fingerprint& fingerprint) {
  const std::vector<std::uint64_t> shingles = shingle_hashes(text);
  fingerprint.sketch = sketch_of(shingles);
  fingerprint.shingles.assign(shingles.size(), 0);
  std::transform(shingles.begin(), shingles.end(), fingerprint.shingles.begin(),
                 [](std::uint64_t hash) { return static_cast<std::uint32_t>(hash); });
}

double jaccard(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) ++common;
    const std::uint32_t x = a[i];
    const std::uint32_t y = b[j];
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 1.0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace palimpsest::ingest
