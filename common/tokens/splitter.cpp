#include "common/tokens/splitter.h"

#include <array>
#include <bit>

#include "common/tokens/pattern_masks.h"
#include "common/tokens/pre_tokenizer.h"
#include "common/tokens/unicode_class.h"

namespace palimpsest::tokens {
namespace {

constexpr CharClasses kUppers = bit(CharClass::kUpper) | bit(CharClass::kLetter) | bit(CharClass::kMark);
constexpr CharClasses kLowers = bit(CharClass::kLower) | bit(CharClass::kLetter) | bit(CharClass::kMark);
constexpr CharClasses kUpperAndLower = kUppers & kLowers;
constexpr CharClasses kLetters = bit(CharClass::kUpper) | bit(CharClass::kLower) | bit(CharClass::kLetter);
constexpr CharClasses kMarks = bit(CharClass::kMark);
constexpr CharClasses kNumbers = bit(CharClass::kNumber);
constexpr CharClasses kSpaces = bit(CharClass::kSpace);
constexpr CharClasses kSymbols = bit(CharClass::kOther) | kMarks;  ///< [^\s\p{L}\p{N}]
constexpr std::size_t kGroup = 3;                                  ///< of {1,3}

/// Steps through the text by character. `at` may be text.size(): then nothing is in any class.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t size() const { return text_.size(); }
  bool is(std::size_t at, char c) const { return at < text_.size() && text_[at] == c; }
  bool is_newline(std::size_t at) const { return is(at, '\n') || is(at, '\r'); }

  /// The class of the character at `at` as a set, and its size.
  CharClasses classes(std::size_t at, std::size_t& bytes) const {
    const auto byte = static_cast<std::uint8_t>(text_[at]);
    bytes = 1;
    return byte < kAsciiCount ? kAsciiClasses[byte] : bit(class_at(text_, at, bytes));
  }
  /// Bytes of the character at `at` if it is in `wanted`, else 0.
  std::size_t step(std::size_t at, CharClasses wanted) const {
    std::size_t bytes = 0;
    return at < text_.size() && (classes(at, bytes) & wanted) != 0 ? bytes : 0;
  }
  std::size_t run(std::size_t at, CharClasses wanted) const { return run(at, wanted, wanted); }
  /// The end of a run of ASCII characters in `ascii` and others in `others`.
  std::size_t run(std::size_t at, CharClasses ascii, CharClasses others) const {
    for (;;) {
      while (at < text_.size() && is_ascii(at) && (kAsciiClasses[byte(at)] & ascii) != 0) ++at;
      if (at == text_.size() || is_ascii(at)) return at;
      const std::size_t bytes = step(at, others);
      if (bytes == 0) return at;
      at += bytes;
    }
  }
  /// \p{N}{1,3}, or `at`.
  std::size_t group(std::size_t at) const {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < kGroup && (bytes = step(at, kNumbers)) > 0; ++i) at += bytes;
    return at;
  }
  template <typename Accept>
  std::size_t run_of(std::size_t at, const Accept& accept) const {
    while (at < text_.size() && accept(text_[at])) ++at;
    return at;
  }
  std::size_t next(std::size_t at) const {
    std::size_t bytes = 0;
    classes(at, bytes);
    return at + bytes;
  }

 private:
  std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(text_[at]); }
  bool is_ascii(std::size_t at) const { return byte(at) < kAsciiCount; }

  std::string_view text_;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Where the last of `count` digits ends, from `at`.
std::size_t digits_end(const Scanner& text, std::size_t at) {
  std::size_t end = at;
  return text.run_of(at, [&](char c) { return is_digit(c) && end++ < at + kGroup; });
}

/// kCodePreset.stage1.
struct CodeStage1 {
  static PatternMasks masks(const ByteBlock& block) { return code_stage1_masks(block); }
  static std::size_t skip(const Scanner& /*text*/, std::size_t at) { return at; }

  static constexpr CharClasses kWord = kLetters | kMarks;

  /// [^\p{L}\p{M}0-9 \t\r\n\f\x0b]+, from `at`.
  static std::size_t symbols_end(const Scanner& text, std::size_t at) {
    return text.run(at, bit(CharClass::kOther), static_cast<CharClasses>(~kWord));
  }

  static std::size_t match(const Scanner& text, std::size_t at) {
    if (text.is(at, '\n') || (text.is(at, '\r') && text.is(at + 1, '\n'))) {
      return text.run_of(at + (text.is(at, '\r') ? 2 : 1), is_blank);
    }
    const std::size_t start = at + (text.is(at, ' ') ? 1 : 0);
    if (const std::size_t end = text.run(start, kWord); end > start) return end;
    if (const std::size_t end = digits_end(text, at); end > at) return end;
    if (const std::size_t end = symbols_end(text, start); end > start) return end;
    const std::size_t blanks = text.run_of(at, is_blank);
    if (blanks > at + 1 && text.is(blanks - 1, ' ') && blanks < text.size() && !text.is_newline(blanks)) {
      return blanks - 1;
    }
    const std::size_t end = text.run_of(at, [](char c) { return is_blank(c) || c == '\f' || c == '\v'; });
    return end > at ? end : at + 1;  // a lone \r
  }
};

/// kSuperBpePreset.stage1.
struct SuperBpeStage1 {
  static PatternMasks masks(const ByteBlock& block) { return superbpe_stage1_masks(block); }
  static std::size_t skip(const Scanner& /*text*/, std::size_t at) { return at; }

  /// U*l+ from `at`, backtracking as a regex engine does; `at` when it does not match.
  static std::size_t upper_then_lowers(const Scanner& text, std::size_t at) {
    std::size_t end = at;  // behind the last character that may stand for l
    std::size_t place = at;
    for (std::size_t bytes = 0; place < text.size();) {
      const CharClasses found = text.classes(place, bytes);
      if ((found & kUppers) == 0) break;
      place += bytes;
      if ((found & kUpperAndLower) != 0) end = place;
    }
    const std::size_t lowers = text.run(place, kLowers);
    return lowers > place ? lowers : end;
  }
  /// U+l* from `at`.
  static std::size_t uppers_then_lower(const Scanner& text, std::size_t at) {
    const std::size_t uppers = text.run(at, kUppers);
    return uppers > at ? text.run(uppers, kLowers) : at;
  }
  static std::size_t symbols(const Scanner& text, std::size_t at) {
    const std::size_t start = at + (text.is(at, ' ') ? 1 : 0);
    const std::size_t end = text.run(start, kSymbols);
    return end > start ? text.run_of(end, [](char c) { return c == '\r' || c == '\n' || c == '/'; }) : at;
  }

  static std::size_t match(const Scanner& text, std::size_t at) {
    // The optional first character: [^\r\n\p{L}\p{N}].
    const std::size_t first =
        text.is_newline(at) ? 0 : text.step(at, static_cast<CharClasses>(~(kLetters | kNumbers)));
    for (const auto word : {upper_then_lowers, uppers_then_lower}) {
      if (first > 0) {
        if (const std::size_t end = word(text, at + first); end > at + first) return end;
      }
      if (const std::size_t end = word(text, at); end > at) return end;
    }
    if (const std::size_t end = text.group(at); end > at) return end;
    if (const std::size_t end = symbols(text, at); end > at) return end;
    return spaces(text, at);
  }
  /// \s*[\r\n]+, else \s+(?!\S), else \s+.
  static std::size_t spaces(const Scanner& text, std::size_t at) {
    std::size_t last = at;
    std::size_t newline = at;
    std::size_t end = at;
    while (const std::size_t bytes = text.step(end, kSpaces)) {
      last = end;
      end += bytes;
      if (text.is_newline(last)) newline = end;
    }
    if (newline > at) return newline;
    return end < text.size() && last > at ? last : end;
  }
};

/// kSuperBpePreset.stage2.
struct SuperBpeStage2 {
  static PatternMasks masks(const ByteBlock& block) { return superbpe_stage2_masks(block); }
  /// No match begins with a letter.
  static std::size_t skip(const Scanner& text, std::size_t at) { return text.run(at, kLetters); }

  static std::size_t match(const Scanner& text, std::size_t at) {
    if (const std::size_t end = text.group(at); end > at) return end;
    const std::size_t start = at + (text.is(at, ' ') ? 1 : 0);
    const std::size_t one = start + text.step(start, kSymbols);
    if (one > start && text.step(one, kSymbols) > 0) return SuperBpeStage1::symbols(text, at);
    const std::size_t end = text.run_of(at, [](char c) { return c == ' '; });
    if (end == text.size() || text.step(end, kSpaces) > 0) return end;
    return end > at + 1 ? end - 1 : at;
  }
};

std::size_t last_bit(ByteMask mask) {
  return static_cast<std::size_t>(std::bit_width(mask)) - 1;
}

/// Collects the pieces of one text, those of a block at once.
class PieceSink {
 public:
  PieceSink(std::string_view whole, std::size_t begin, std::size_t limit,
            std::vector<std::string_view>& pieces)
      : whole_(whole), pieces_(pieces), taken_(begin), full_(pieces.size() + limit) {}

  bool is_full() const { return pieces_.size() >= full_; }
  /// Ends the last piece with the text, if there is room; returns where the pieces end.
  std::size_t finish() {
    if (!is_full()) cut(whole_.size());
    return taken_;
  }

  /// The next piece ends here; nothing happens if it would be empty.
  void cut(std::size_t at) {
    if (at > taken_) pieces_.push_back(whole_.substr(taken_, at - taken_));
    taken_ = at;
  }
  /// Cuts at `base` + each bit.
  void cut(std::size_t base, ByteMask cuts) {
    std::size_t count = 0;
    if (base == taken_) cuts &= ~ByteMask{1};
    for (; cuts != 0; cuts &= cuts - 1) {
      const std::size_t at = base + static_cast<std::size_t>(std::countr_zero(cuts));
      found_[count++] = {whole_.data() + taken_, at - taken_};
      taken_ = at;
    }
    pieces_.insert(pieces_.end(), found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(count));
  }

 private:
  std::string_view whole_;
  std::vector<std::string_view>& pieces_;
  std::size_t taken_;
  std::size_t full_;
  std::array<std::string_view, ByteBlock::kBytes>
      found_;  ///< in the block: appended at once, which is faster
};

/// Cuts what the block at `at`, where a search begins, shows for certain; returns where the next search
/// begins. That is `at` when it shows nothing: then the Scanner has the text up to `scan_end`, which holds
/// characters that are not ASCII or a match that is longer than a block.
template <typename Pattern>
std::size_t split_block(std::string_view whole, std::size_t at, PieceSink& sink, std::size_t& scan_end) {
  const ByteBlock block(whole.data() + at);
  const ByteMask not_ascii = block.not_ascii();
  const PatternMasks masks = Pattern::masks(block);
  const auto ascii = static_cast<std::size_t>(std::countr_zero(not_ascii));
  const ByteMask right = ascii <= kLookahead ? 0 : ~ByteMask{0} >> (ByteBlock::kBytes - ascii + kLookahead);
  if (((masks.cuts | masks.free) & right & ~ByteMask{1}) == 0) {
    scan_end = at + ByteBlock::kBytes - static_cast<std::size_t>(std::countl_zero(not_ascii | 1));
    return at;
  }
  sink.cut(at, masks.cuts & right);
  return at + last_bit((masks.cuts | masks.free) & right);
}

template <typename Pattern>
std::size_t split_by(std::string_view whole, std::size_t begin, std::size_t limit,
                     std::vector<std::string_view>& pieces) {
  const Scanner text(whole);
  PieceSink sink(whole, begin, limit, pieces);
  for (std::size_t at = begin, scan_end = 0; at < whole.size() && !sink.is_full();) {
    if (at >= scan_end && at + ByteBlock::kBytes <= whole.size()) {
      const std::size_t next = split_block<Pattern>(whole, at, sink, scan_end);
      if (next > at) {
        at = next;
        continue;
      }
    }
    at = Pattern::skip(text, at);
    if (at == whole.size()) break;
    const std::size_t end = Pattern::match(text, at);
    if (end == at) {
      at = text.next(at);
      continue;
    }
    sink.cut(at);
    sink.cut(at = end);
  }
  return sink.finish();
}

/// kCodePreset.stage2.
std::size_t split_code_stage2(std::string_view whole, std::size_t begin, std::size_t limit,
                              std::vector<std::string_view>& pieces) {
  const Scanner text(whole);
  PieceSink sink(whole, begin, limit, pieces);
  std::size_t at = begin;
  while (at + ByteBlock::kBytes <= whole.size() && !sink.is_full()) {
    const ByteMask digits = ByteBlock(whole.data() + at).in_range('0', '9');
    if (digits == 0) {
      at += ByteBlock::kBytes;
      continue;
    }
    // A group that may go on behind the block begins the next one.
    const ByteMask cuts = digit_groups(digits) | (digits << 1 & ~digits);
    const bool is_open = digits >> (ByteBlock::kBytes - 1) != 0;
    sink.cut(at, cuts);
    at += is_open ? last_bit(cuts) : ByteBlock::kBytes;
  }
  while (at < whole.size() && !sink.is_full()) {
    const std::size_t end = digits_end(text, at);
    if (end > at) {
      sink.cut(at);
      sink.cut(end);
    }
    at = end + (end == at ? 1 : 0);
  }
  return sink.finish();
}

}  // namespace

Splitter find_splitter(std::string_view pattern) {
  if (pattern == kCodePreset.stage1) return split_by<CodeStage1>;
  if (pattern == kCodePreset.stage2) return split_code_stage2;
  if (pattern == kSuperBpePreset.stage1) return split_by<SuperBpeStage1>;
  if (pattern == kSuperBpePreset.stage2) return split_by<SuperBpeStage2>;
  return nullptr;
}

}  // namespace palimpsest::tokens
