// What each document costs, and what follows from it with confidence: bits per byte of families, of
// everything and of repositories.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bootstrap.h"
#include "common/model/scoring.h"
#include "evaluate/score/segment_batches.h"

namespace palimpsest::evaluate {

/// [document][family]; a document may have segments of several families.
using DocumentCosts = std::vector<std::vector<model::FamilyScore>>;

DocumentCosts no_costs(std::size_t documents, std::size_t families);

/// Adds segments up; `nats` has one entry a segment of the batches.
DocumentCosts costs_of(const std::vector<SegmentBatch>& batches, const std::vector<double>& nats,
                       std::size_t documents, std::size_t families);

struct Estimate {
  model::FamilyScore sum;
  base::Interval bits_per_byte;
  base::Interval perplexity;
};

struct Estimates {
  std::vector<Estimate> families;     ///< values are NaN where a family has no text
  Estimate overall;                   ///< of all text together
  base::Interval mean_bits_per_byte;  ///< mean over the families that have text
};

/// 95 % intervals by bootstrap over documents, drawn within the family that most of a document's tokens have.
Estimates estimate(const DocumentCosts& costs, std::size_t families, std::uint64_t seed);

/// The costs of the given documents alone.
DocumentCosts costs_of_documents(const DocumentCosts& costs, std::span<const std::uint32_t> documents);

/// The family with the most tokens of one document.
std::size_t main_family(const std::vector<model::FamilyScore>& costs);

}  // namespace palimpsest::evaluate
