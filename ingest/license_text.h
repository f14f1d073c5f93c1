// The words of a licence text that count, by the matching guidelines of SPDX (SPDX 2.3, annex B), and their
// shingles. The table of known texts and a LICENSE file go through the same function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace palimpsest::ingest {

struct LicenseText {
  std::vector<std::uint32_t> shingles;  ///< hashes of pairs of neighbouring words, sorted, each once
  std::uint64_t digest = 0;             ///< of all words in their order
  std::uint32_t restrictions = 0;       ///< words that restrict or negate: not, only, commercial, …
};

/// Without case, punctuation, list numbers, comment and Markdown signs, titles, copyright notices, and the
/// names that BSD and ISC texts put into their disclaimers. Common other spellings count as one word. Bytes
/// that are not UTF-8 are part of words. Thread-safe.
std::vector<std::string> license_words(std::string_view text);

/// Up to "END OF TERMS AND CONDITIONS": Apache's and GNU's advice on use behind it is often left out. All
/// words where this does not occur.
std::vector<std::string> without_advice(std::vector<std::string> words);

LicenseText summarize_license(const std::vector<std::string>& words);

}  // namespace palimpsest::ingest
