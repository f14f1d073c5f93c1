#include "ingest/license_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "common/base/hash.h"

namespace palimpsest::ingest {
namespace {

using Words = std::vector<std::string>;
using Phrase = std::vector<std::string_view>;

bool is_alpha(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

/// Bytes of a sign outside ASCII at the beginning of the text that is no letter: typographic quotes, dashes,
/// bullets, ©, a byte order mark; 0 if there is none.
std::size_t foreign_sign(std::string_view text) {
  for (const std::string_view lead : {"\xE2\x80", "\xE2\x81", "\xEF\xBB"}) {
    if (text.starts_with(lead)) return std::min<std::size_t>(3, text.size());
  }
  return text.starts_with("\xC2") ? std::min<std::size_t>(2, text.size()) : 0;
}

std::string_view spelling(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kSame = {
      {{"acknowledgement", "acknowledgment"},
       {"favour", "favor"},
       {"fulfil", "fulfill"},
       {"honour", "honor"},
       {"https", "http"},
       {"judgement", "judgment"},
       {"licence", "license"},
       {"licenced", "licensed"},
       {"licences", "licenses"},
       {"licencing", "licensing"},
       {"merchantibility", "merchantability"},
       {"organisation", "organization"},
       {"owner", "holder"},
       {"owners", "holders"},
       {"programme", "program"},
       {"sublicence", "sublicense"},
       {"whilst", "while"},
       {"wilful", "willful"}}};
  const auto found =
      std::find_if(kSame.begin(), kSame.end(), [&](const auto& pair) { return pair.first == word; });
  return found == kSame.end() ? word : found->second;
}

void append_words(std::string_view line, Words& words) {
  std::string word;
  const auto finish = [&] {
    if (word.empty()) return;
    const bool joins = !words.empty() && words.back() == "sub" && word.starts_with("licen");
    if (joins) words.pop_back();
    words.emplace_back(spelling((joins ? "sub" : "") + word));
    word.clear();
  };
  while (!line.empty()) {
    const auto c = static_cast<unsigned char>(line[0]);
    const std::size_t sign = foreign_sign(line);
    if (sign == 0 && (c >= 0x80 || std::isalnum(c) != 0)) {
      word.push_back(static_cast<char>(std::tolower(c)));
    } else {
      finish();
    }
    line.remove_prefix(std::max<std::size_t>(sign, 1));
  }
  finish();
}

/// Without white space and the signs that comments, Markdown and lists put before a line.
std::string_view without_decoration(std::string_view line) {
  static constexpr std::string_view kSigns = " \t\v\f\r#>*/;=_-+|`\"~";
  while (!line.empty()) {
    const bool is_copyright_sign = line.starts_with("\xC2\xA9");
    const std::size_t sign = kSigns.find(line[0]) != std::string_view::npos ? 1 : foreign_sign(line);
    if (sign == 0 || is_copyright_sign) break;
    line.remove_prefix(sign);
  }
  return line;
}

/// Without `1.`, `(a)`, `iv)` and the like.
std::string_view without_list_number(std::string_view line) {
  static constexpr std::string_view kRoman = "ivx";
  std::string_view rest = line;
  if (rest.starts_with('(')) rest.remove_prefix(1);
  std::size_t size = 0;
  while (size < rest.size() && is_digit(rest[size])) ++size;
  if (size == 0) {
    while (size < rest.size() && kRoman.find(rest[size]) != std::string_view::npos) ++size;
    if (size == 0 && !rest.empty() && is_alpha(rest[0])) size = 1;
  }
  if (size == 0 || size > 4 || size + 1 >= rest.size()) return line;
  const bool ends =
      (rest[size] == '.' || rest[size] == ')') && (rest[size + 1] == ' ' || rest[size + 1] == '\t');
  return ends ? rest.substr(size + 1) : line;
}

/// `Copyright (c) 2020 Somebody`, but not a sentence that goes on with "copyright notice" on a new line.
bool is_copyright_notice(std::string_view line) {
  const std::string start = lower(line.substr(0, 20));
  if (start.starts_with("\xC2\xA9") || start.starts_with("&copy;")) return true;
  const bool is_portions = start.starts_with("portions copyright");
  if (is_portions) line.remove_prefix(std::string_view("portions ").size());
  const auto behind = [&](std::size_t size) {
    std::string_view rest = line.substr(size);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    return rest;
  };
  if (start.starts_with("(c)")) {
    const std::string_view rest = behind(3);
    return !rest.empty() &&
           (is_digit(rest[0]) || rest[0] == '<' || rest[0] == '[' || lower(rest.substr(0, 9)) == "copyright");
  }
  if (!is_portions && !start.starts_with("copyright")) return false;
  const std::string_view rest = behind(std::string_view("copyright").size());
  if (rest.empty() || !is_alpha(rest[0])) return true;
  if (rest.starts_with("by ")) return true;
  if (!line.starts_with("Copyright") || !is_upper(rest[0])) return false;
  static constexpr std::array<std::string_view, 7> kGoesOn = {"holder", "owner", "notice",  "license",
                                                              "law",    "act",   "interest"};
  const std::string next = lower(rest.substr(0, 10));
  return std::none_of(kGoesOn.begin(), kGoesOn.end(),
                      [&](std::string_view word) { return next.starts_with(word); });
}

/// A paragraph that is only a name: `The MIT License (MIT)`.
bool is_title(const Words& paragraph) {
  constexpr std::size_t kMostTitleWords = 8;
  return paragraph.size() <= kMostTitleWords &&
         std::any_of(paragraph.begin(), paragraph.end(),
                     [](const std::string& word) { return word.starts_with("license"); });
}

Words words_of_paragraphs(std::string_view text) {
  Words words;
  Words paragraph;
  const auto finish = [&] {
    if (!words.empty() || !is_title(paragraph)) words.insert(words.end(), paragraph.begin(), paragraph.end());
    paragraph.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = without_decoration(text.substr(0, end));
    text.remove_prefix(std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size()));
    if (line.empty() || is_copyright_notice(line)) {
      finish();
    } else {
      append_words(without_list_number(line), paragraph);
    }
  }
  finish();
  return words;
}

bool has_at(const Words& words, std::size_t at, const Phrase& phrase) {
  return at + phrase.size() <= words.size() &&
         std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at));
}

/// What SPDX templates mark as replaceable: a name between two fixed phrases.
struct Field {
  Phrase before;
  Phrase behind;
};

/// First word behind the field that begins at `at`, or `at`.
std::size_t field_end(const Words& words, std::size_t at, const Field& field) {
  constexpr std::size_t kMostWords = 16;
  if (!has_at(words, at, field.before)) return at;
  const std::size_t begin = at + field.before.size();
  for (std::size_t end = begin; end <= begin + kMostWords && end < words.size(); ++end) {
    if (has_at(words, end, field.behind)) return end;
  }
  return at;
}

Words without_fields(const Words& words) {
  static const std::vector<Field> kFields = {{{"provided", "by"}, {"as", "is"}},
                                             {{"in", "no", "event", "shall"}, {"be", "liable"}},
                                             {{"as", "is", "and"}, {"disclaims", "all"}},
                                             {{"as", "is", "and"}, {"disclaim", "all"}},
                                             {{"neither", "the", "name"}, {"nor", "the", "names"}},
                                             {{"nor", "the", "names", "of"}, {"may", "be", "used"}}};
  static const Phrase kReserved = {"all", "rights", "reserved"};
  Words result;
  for (std::size_t i = 0; i < words.size();) {
    if (has_at(words, i, kReserved)) {
      i += kReserved.size();
      continue;
    }
    std::size_t end = i;
    for (const Field& field : kFields) {
      if (end = field_end(words, i, field); end == i) continue;
      result.insert(result.end(), field.before.begin(), field.before.end());
      break;
    }
    if (end == i) result.push_back(words[end++]);
    i = end;
  }
  return result;
}

bool is_restriction(const std::string& word) {
  static constexpr std::array<std::string_view, 20> kRestrictions = {
      "academic",  "commercial", "commercially", "educational", "evaluation", "except",
      "forbidden", "internal",   "must",         "no",          "non",        "noncommercial",
      "nor",       "not",        "only",         "personal",    "prohibited", "noncommercially",
      "solely",    "unless"};
  return std::find(kRestrictions.begin(), kRestrictions.end(), word) != kRestrictions.end();
}

}  // namespace

Words license_words(std::string_view text) {
  return without_fields(words_of_paragraphs(text));
}

Words without_advice(Words words) {
  static const Phrase kEnd = {"end", "of", "terms", "and", "conditions"};
  for (std::size_t i = 0; i + kEnd.size() <= words.size(); ++i) {
    if (!has_at(words, i, kEnd)) continue;
    words.resize(i + kEnd.size());
    break;
  }
  return words;
}

LicenseText summarize_license(const Words& words) {
  LicenseText result;
  std::string all;
  std::size_t before = 0;  // where the word before begins
  for (const std::string& word : words) {
    const std::size_t begin = all.size();
    all += word + ' ';
    if (is_restriction(word)) ++result.restrictions;
    if (begin > 0) {
      const std::uint64_t hash = base::hash64(std::string_view(all).substr(before));
      result.shingles.push_back(static_cast<std::uint32_t>(hash));
    }
    before = begin;
  }
  result.digest = base::hash64(all);
  std::sort(result.shingles.begin(), result.shingles.end());
  result.shingles.erase(std::unique(result.shingles.begin(), result.shingles.end()), result.shingles.end());
  return result;
}

}  // namespace palimpsest::ingest
