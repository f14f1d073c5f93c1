// What two files are compared by: exact digests, the set of token shingles, and a MinHash sketch of it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

/// A shingle is so many tokens in a row; a token is a word or a single other character that is not white.
inline constexpr std::size_t kShingleTokens = 7;

/// Bands x rows decide which pairs are compared at all: a pair of similarity s is with probability
/// 1 - (1 - s^rows)^bands: 0.98 at s = 0.7, 0.9998 at 0.8 (Leskovec et al., Mining of Massive
/// Datasets, 3.4.2).
inline constexpr std::size_t kBands = 32;
inline constexpr std::size_t kRowsPerBand = 6;
inline constexpr std::size_t kSketchSize = kBands * kRowsPerBand;

/// Equal entries of two sketches are an unbiased estimate of the Jaccard similarity of their sets.
using Sketch = std::array<std::uint32_t, kSketchSize>;

struct Fingerprint {
  std::string text_hash;                ///< of the text
  std::string packed_hash;              ///< of the text without white space
  std::vector<std::uint32_t> shingles;  ///< hashes in order of the text, with repetitions; may be empty
  Sketch sketch{};
};

/// The two digests.
Fingerprint exact_fingerprint(std::string_view text);

/// Hashes of the shingles of the text; a text with fewer tokens has one shingle, unless it has no token.
std::vector<std::uint64_t> shingle_hashes(std::string_view text);

/// Fast similarity sketch (Dahlgaard, Knudsen, Thorup, FOCS 2017): each set element falls into one bin a
/// round, and rounds go on until no bin is empty, so the cost is one hash an element, not one for each entry
/// of the sketch.
Sketch sketch_of(const std::vector<std::uint64_t>& shingles);

/// Fills shingles and sketch.
void add_shingles(std::string_view text, Fingerprint& fingerprint);

/// |A and B| / |A or B| of two sorted sets without repetitions; 1 for two empty ones.
double jaccard(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b);

}  // namespace palimpsest::ingest
