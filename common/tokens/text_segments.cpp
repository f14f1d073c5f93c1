#include "common/tokens/text_segments.h"

#include <simdjson.h>

namespace palimpsest::tokens {
namespace {

constexpr std::size_t kLongestCharacter = 4;

/// Bytes of the character that begins `text`; 0 when they are no UTF-8.
std::size_t character_bytes(std::string_view text) {
  for (std::size_t size = 1; size <= kLongestCharacter && size <= text.size(); ++size) {
    if (simdjson::validate_utf8(text.data(), size)) return size;
  }
  return 0;
}

/// Appends `text`, which is UTF-8.
void add_text(std::string_view text, const SpecialSet& allowed, std::vector<TextSegment>& segments) {
  std::size_t taken = 0;
  for (std::size_t at = 0; allowed.any() && (at = text.find("<|", at)) != std::string_view::npos;) {
    TokenId special = 0;
    while (special < kSpecialCount &&
           !(allowed[special] && text.substr(at).starts_with(kSpecialTokens[special]))) {
      ++special;
    }
    if (special == kSpecialCount) {
      ++at;
      continue;
    }
    const std::string_view spelling = text.substr(at, kSpecialTokens[special].size());
    if (at > taken) segments.push_back({.text = text.substr(taken, at - taken)});
    segments.push_back({TextSegment::Kind::kSpecial, spelling, special});
    taken = at += spelling.size();
  }
  if (taken < text.size()) segments.push_back({.text = text.substr(taken)});
}

}  // namespace

std::vector<TextSegment> segment_text(std::string_view text, const EncodeOptions& options) {
  std::vector<TextSegment> segments;
  if (options.broken_utf8 == BrokenUtf8::kRefuse || simdjson::validate_utf8(text.data(), text.size())) {
    add_text(text, options.allowed_specials, segments);
    return segments;
  }
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (const std::size_t bytes = character_bytes(text.substr(end))) end += bytes;
    add_text(text.substr(at, end - at), options.allowed_specials, segments);
    at = end;
    while (end < text.size() && character_bytes(text.substr(end)) == 0) ++end;
    if (end > at) segments.push_back({TextSegment::Kind::kBroken, text.substr(at, end - at)});
    at = end;
  }
  return segments;
}

}  // namespace palimpsest::tokens
