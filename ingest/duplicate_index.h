// Which files repeat earlier ones: by their text, by their text without white space, or nearly.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ingest/fingerprint.h"

namespace palimpsest::ingest {

inline constexpr std::array<const char*, 3> kDuplicateReasons = {"duplicate", "duplicate_without_space",
                                                                 "near_duplicate"};

struct Duplicate {
  std::string reason;     ///< one of kDuplicateReasons
  std::string survivor;   ///< the earlier file, which is kept
  double similarity = 1;  ///< to the survivor: a copy of a near-duplicate has the similarity of that
};

/// Files are offered in the order of the corpus (sources as given, then paths): the first of its kind
/// survives, so the result does not depend on threads. Every dropped file is at least `threshold` similar to
/// its own survivor, which itself is kept; similarity is the exact Jaccard similarity of shingle sets, never
/// the sketch's estimate. Holds four bytes for each token of the files kept. Not thread-safe.
class DuplicateIndex {
 public:
  /// `threshold` 0 looks for exact copies alone.
  explicit DuplicateIndex(double threshold) : threshold_(threshold) {}

  /// Compares digests alone; remembers the file if it is new.
  std::optional<Duplicate> add_exact(const std::string& name, const Fingerprint& fingerprint);

  /// Compares shingles with those of all files kept so far; takes the fingerprint's shingles. Among several
  /// similar ones the most similar, then the earliest, is the survivor. REQUIRES: add_shingles() filled the
  /// fingerprint.
  std::optional<Duplicate> add_near(const std::string& name, Fingerprint fingerprint);

  double threshold() const { return threshold_; }

  /// One JSON line for each survivor that has duplicates, by name: survivor, dropped [{file, reason,
  /// similarity}].
  std::string cluster_lines() const;

 private:
  struct Dropped {
    std::string name;
    std::string reason;
    double similarity;
  };
  struct Survivor {
    std::string name;
    double similarity = 1;  // of the first file with that digest to it
  };
  struct Kept {
    std::string name;
    std::vector<std::uint32_t> shingles;
    bool is_set = false;  // sorted and without repetitions: done when first compared
  };

  Duplicate drop(const std::string& name, Duplicate duplicate);
  std::vector<std::uint32_t> candidates(const Sketch& sketch) const;
  void remember(Kept kept, const Sketch& sketch);

  double threshold_;
  std::unordered_map<std::string, Survivor> first_;  // by digest
  std::vector<Kept> kept_;
  // A bucket of a band is a chain through `next_`; an entry is file * kBands + band, and 0 ends a chain (plus
  // one).
  std::unordered_map<std::uint64_t, std::uint64_t> heads_;
  std::vector<std::uint64_t> next_;
  std::map<std::string, std::vector<Dropped>> clusters_;
};

}  // namespace palimpsest::ingest
