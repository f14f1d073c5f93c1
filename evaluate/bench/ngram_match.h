// The two n-gram terms of CodeBLEU (Ren et al., arXiv 2009.10297, sections 3.1 and 3.2) for one reference.
#pragma once

#include <set>
#include <string_view>
#include <vector>

namespace palimpsest::bench {

using Words = std::vector<std::string_view>;

/// BLEU-4 (Papineni et al. 2002) of one sentence, smoothed by 0.1 where an order has no match (method 1 of
/// Chen and Cherry 2014). 0 without a common word.
double ngram_match(const Words& reference, const Words& candidate);

/// The weighted one: recall in place of precision, and a word counts 1 when it is a keyword, else 0.2. As in
/// the reference implementation, the brevity penalty takes 2 as the length of every reference.
double weighted_ngram_match(const Words& reference, const Words& candidate,
                            const std::set<std::string_view>& keywords);

}  // namespace palimpsest::bench
