// Masks for measuring the NELBO with little noise: what evaluation draws, where training draws one mask a
// segment.
#pragma once

#include <cstdint>
#include <vector>

#include "common/model/diffusion.h"

namespace palimpsest::model {

struct NelboDraw {
  std::int64_t pairs = 2;           ///< P >= 2; a batch is masked 2 P times
  std::uint64_t seed = 0;           ///< of the offsets and the permutations
  std::uint64_t first_segment = 0;  ///< number in the whole split of the batch's first segment
};

/// 2 P plans for the same batch: P pairs of a mask and its complement. Summed over plans and masked
/// positions, weight * cross entropy is an unbiased estimate of each segment's NELBO in nats, and the weights
/// of every token add up to exactly 1: what a token costs whatever is masked beside it leaves no noise. A
/// segment's masks depend on seed and segment number alone, not on the batch.
///
/// Why unbiased. With f(M) the summed cross entropy under mask M and S_k the mean of f(M) / k over masks of
/// size k, the NELBO is S_1 + ... + S_L (arXiv 2110.02037, eq. 5).
/// - A mask of size k and its complement give h(k) = f(M) / k + f(M') / (L - k), 0 for an empty one, with
///   mean S_k + S_{L-k}. So the NELBO is the sum over k = 0 .. L/2 of a_k E h(k), a_k = 1/2 where 2 k = L,
///   else 1. k = 0 is the term of everything masked.
/// - Pair j draws k from the j-th of P equal parts of a distribution q: systematic sampling (Madow 1949) with
///   an offset of its own. h(k) gets a_k / (P q_k); summed over pairs, each k has expectation a_k E h(k). q
///   is larger for small k, where f(M) / k is a mean over few tokens.
/// - The weight that a token has in pair j has a known mean over offset and permutation, and what the token
///   costs in another pair does not depend on these. So taking weight minus mean off the token's weights in
///   the other pairs, in equal parts, leaves every expectation as it was: a control variate.
/// The offsets of segment s are (u_j + s alpha_j) mod 1: uniform for every s and spread evenly over any run
/// of segments (Kronecker sequence with the alpha of Roberts 2018, "R_d").
std::vector<MaskPlan> draw_nelbo_masks(const RowBatch& batch, const NelboDraw& draw, const Holes& holes = {});

/// How many of S_1..S_L a plan stands for that masks k of L tokens: its weight before the control variate,
/// times k.
double nelbo_levels(std::int64_t masked, std::int64_t length, std::int64_t pairs);

}  // namespace palimpsest::model
