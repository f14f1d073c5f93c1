#include "evaluate/infill/token_masks.h"

#include <algorithm>

#include <simdjson.h>

namespace palimpsest::infill {
namespace {

std::ptrdiff_t allowed(const model::TokenMask& mask) {
  return std::count(mask.begin(), mask.end(), 1);
}

}  // namespace

TokenMasks::TokenMasks(const tokens::Tokenizer& tokenizer) : tokenizer_(tokenizer) {
  inner_ = spelling("", "", false, true);
  inner_utf8_ = spelling("", "", true, true);
}

std::string_view TokenMasks::left_bytes(const HoleEdges& edges) const {
  return edges.left ? tokenizer_.bytes(*edges.left) : std::string_view();
}

std::string_view TokenMasks::right_bytes(const HoleEdges& edges) const {
  return edges.right ? tokenizer_.bytes(*edges.right) : std::string_view();
}

model::TokenMask TokenMasks::spelling(std::string_view prefix, std::string_view suffix, bool utf8,
                                      bool some) const {
  const std::size_t least = prefix.size() + suffix.size() + (some ? 1 : 0);
  model::TokenMask mask(tokenizer_.size(), 0);
  for (std::size_t id = tokens::kSpecialCount; id < mask.size(); ++id) {
    const std::string_view bytes = tokenizer_.bytes(static_cast<tokens::TokenId>(id));
    if (bytes.size() < least || !bytes.starts_with(prefix) || !bytes.ends_with(suffix)) continue;
    const std::string_view rest = bytes.substr(prefix.size(), bytes.size() - prefix.size() - suffix.size());
    mask[id] = !utf8 || simdjson::validate_utf8(rest) ? 1 : 0;
  }
  return mask;
}

std::optional<model::MaskedRun> TokenMasks::make_run(const HoleEdges& edges, std::size_t begin,
                                                     std::size_t length, FillLimits limits) const {
  const std::string_view left = left_bytes(edges);
  const std::string_view right = right_bytes(edges);
  const bool utf8 = edges.whole_characters && !limits.any_bytes;
  model::MaskedRun run{.begin = begin, .end = begin + length};
  if (length == 0) return std::nullopt;
  if (length == 1) {
    run.first = spelling(left, right, utf8, !limits.allows_empty);
    return allowed(run.first) > 0 ? std::optional(run) : std::nullopt;
  }
  run.first = spelling(left, "", utf8, !edges.left);
  run.last = spelling("", right, utf8, !edges.right);
  if (length == 2 && edges.left && edges.right && !limits.allows_empty) {
    run.forbids_pair = true;
    run.forbidden_first = *edges.left;
    run.forbidden_last = *edges.right;
    // Whichever is decided first must leave the other a choice.
    if (allowed(run.last) == 1) run.first[*edges.left] = 0;
    if (allowed(run.first) == 1 && run.first[*edges.left] == 1) run.last[*edges.right] = 0;
  }
  return allowed(run.first) > 0 && allowed(run.last) > 0 ? std::optional(run) : std::nullopt;
}

}  // namespace palimpsest::infill
