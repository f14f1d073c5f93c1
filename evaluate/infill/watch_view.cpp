#include "evaluate/infill/watch_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/base/utf8.h"

namespace palimpsest::infill {
namespace {

constexpr std::size_t kTokensAround = 24;

/// Rows of a terminal that the text takes, without its colours.
std::size_t rows_of(const std::string& text, std::size_t columns) {
  std::size_t rows = 0;
  std::size_t column = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++rows;
      column = 0;
    } else if (!base::is_continuation_byte(c) && ++column > columns) {
      ++rows;
      column = 1;
    }
  }
  return rows;
}

}  // namespace

std::string WatchView::frame(const model::MaskedText& text, const std::vector<std::size_t>& decided) {
  const auto open = std::count(text.ids.begin(), text.ids.end(), tokens::kMaskId);
  const bool starts = is_hole_.size() != text.ids.size() || rows_ == 0;
  if (starts) {
    is_hole_.assign(text.ids.size(), false);
    step_ = 0;
    for (std::size_t p = 0; p < text.ids.size(); ++p) is_hole_[p] = text.ids[p] == tokens::kMaskId;
  }
  for (const std::size_t p : decided) is_hole_[p] = true;
  const auto first =
      static_cast<std::size_t>(std::find(is_hole_.begin(), is_hole_.end(), true) - is_hole_.begin());
  const auto last =
      is_hole_.size() -
      static_cast<std::size_t>(std::find(is_hole_.rbegin(), is_hole_.rend(), true) - is_hole_.rbegin());
  const std::size_t begin = std::max(text.header, first - std::min(first, kTokensAround));
  const std::size_t end = std::min(text.ids.size(), last + kTokensAround);
  std::string plain = fmt::format("step {}, {} to go\n", ++step_, open);
  std::string shown = plain;
  for (std::size_t p = begin; p < end; ++p) {
    const bool is_new = std::binary_search(decided.begin(), decided.end(), p);
    const std::string token =
        text.ids[p] == tokens::kMaskId ? "░" : std::string(tokenizer_.bytes(text.ids[p]));
    const char* style = is_new ? "\033[1;32m" : is_hole_[p] ? "\033[32m" : "\033[2m";
    shown += columns_ > 0 ? style + token + "\033[0m" : token;
    plain += token;
  }
  if (!plain.ends_with('\n')) {
    plain += '\n';
    shown += '\n';
  }
  const std::string up = columns_ > 0 && rows_ > 0 ? fmt::format("\033[{}A\033[J", rows_) : "";
  rows_ = open == 0 ? 0 : rows_of(plain, columns_);
  return up + shown;
}

}  // namespace palimpsest::infill
