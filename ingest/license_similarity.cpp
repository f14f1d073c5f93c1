#include "ingest/license_similarity.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "ingest/license_sketch.h"
#include "ingest/license_text.h"

namespace palimpsest::ingest {
namespace {

/// Dice of two sets by their sizes and what they share.
double dice(double a, double b, double shared) {
  return a + b == 0 ? 0 : 2 * shared / (a + b);
}

/// Among the shingles that the sketch samples.
double similarity(const LicenseText& text, const LicenseSketch& sketch) {
  const auto known = stored_shingles().subspan(sketch.begin, sketch.end - sketch.begin);
  std::size_t sampled = 0;
  std::size_t shared = 0;
  auto next = known.begin();
  for (const std::uint32_t shingle : text.shingles) {
    if (shingle % sketch.scale != 0) continue;
    ++sampled;
    while (next != known.end() && *next < shingle) ++next;
    if (next != known.end() && *next == shingle) ++shared;
  }
  return dice(static_cast<double>(sampled), static_cast<double>(known.size()), static_cast<double>(shared));
}

}  // namespace

std::string_view identify_license(std::string_view bytes) {
  const LicenseText text = summarize_license(license_words(bytes));
  std::string_view best;
  double best_similarity = kLeastLicenseSimilarity;
  for (const LicenseSketch& sketch : license_sketches()) {
    if (sketch.digest == text.digest) return sketch.id;
    const auto size = static_cast<double>(text.shingles.size());
    const auto known = static_cast<double>(sketch.shingles);
    if (sketch.restrictions != text.restrictions ||
        dice(size, known, std::min(size, known)) < best_similarity)
      continue;
    const double found = similarity(text, sketch);
    if (found < best_similarity || (found == best_similarity && !best.empty())) continue;
    best = sketch.id;
    best_similarity = found;
  }
  return best;
}

}  // namespace palimpsest::ingest
