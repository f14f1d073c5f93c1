// Which licence of the SPDX list a text is.
#pragma once

#include <string_view>

namespace palimpsest::ingest {

/// The SPDX identifier of the text that is the same in all that counts (see license_text.h), or nearly: a
/// Sorensen-Dice similarity of pairs of words of at least kLeastLicenseSimilarity, with as many restricting
/// words. Empty when there is none. Of licences with one text, such as GPL-2.0-only and -or-later, the
/// narrower. Thread-safe.
std::string_view identify_license(std::string_view text);

inline constexpr double kLeastLicenseSimilarity = 0.98;

}  // namespace palimpsest::ingest
