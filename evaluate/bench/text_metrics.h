// How near a filled middle is to the one that was cut out.
#pragma once

#include <string_view>

namespace palimpsest::bench {

/// 1 - edits / longer length: Levenshtein distance over code points. 1 when both are empty. Texts that differ
/// in more than kMaxEditLength code points between their common beginning and end are compared in the first
/// so many of these; the rest counts as different, so that no text costs more than a moment.
double edit_similarity(std::string_view reference, std::string_view candidate);

inline constexpr std::size_t kMaxEditLength = 4096;

/// Equal but for white space at the ends.
bool equal_but_for_ends(std::string_view reference, std::string_view candidate);

}  // namespace palimpsest::bench
