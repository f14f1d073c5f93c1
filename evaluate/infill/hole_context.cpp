#include "evaluate/infill/hole_context.h"

#include <algorithm>
#include <numeric>

#include "common/base/error.h"
#include "common/base/utf8.h"
#include "common/tokens/visible_header.h"

namespace palimpsest::infill {
namespace {

/// More than any context holds: rows have at most a few thousand tokens of at most 48 bytes.
constexpr std::size_t kPieceBytes = 64U << 10;

bool splits_character(std::string_view text, std::size_t offset) {
  return offset < text.size() && base::is_continuation_byte(text[offset]);
}

/// The end of the text in front of the first hole, from the begin of a line where there is one.
std::string_view near_end(std::string_view piece) {
  if (piece.size() <= kPieceBytes) return piece;
  const std::string_view near = piece.substr(piece.size() - kPieceBytes);
  const std::size_t newline = near.find('\n');
  return newline == std::string_view::npos ? near : near.substr(newline);
}

std::vector<tokens::TokenId> encode(const tokens::Tokenizer& tokenizer, std::string_view piece) {
  return tokenizer.encode(piece, {.broken_utf8 = tokens::BrokenUtf8::kBytes});
}

}  // namespace

HoleContext make_hole_context(const tokens::Tokenizer& tokenizer, std::string_view path,
                              std::string_view text, const std::vector<TextRange>& holes) {
  HoleContext context;
  context.edges.resize(holes.size());
  std::string visible_text;
  for (std::size_t i = 0; i <= holes.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : holes[i - 1].end;
    const std::size_t end = i == holes.size() ? text.size() : holes[i].begin;
    std::string_view piece = text.substr(begin, end - begin);
    visible_text += piece;
    if (i == 0) piece = near_end(piece);
    context.ends_text = piece.size() <= kPieceBytes;
    if (i == holes.size()) piece = piece.substr(0, kPieceBytes);
    std::vector<tokens::TokenId>& ids = context.visible.emplace_back(encode(tokenizer, piece));
    const bool only_between = i > 0 && i < holes.size() && ids.size() == 1;
    if (i < holes.size() && !ids.empty() && !only_between) {
      context.edges[i].left = ids.back();
      ids.pop_back();
    }
    if (i > 0 && !ids.empty() && !only_between) {
      context.edges[i - 1].right = ids.front();
      ids.erase(ids.begin());
    }
  }
  for (std::size_t i = 0; i < holes.size(); ++i) {
    context.edges[i].whole_characters =
        !splits_character(text, holes[i].begin) && !splits_character(text, holes[i].end);
  }
  context.header = tokens::encode_header(tokenizer, tokens::visible_header(path, visible_text));
  return context;
}

std::size_t fixed_tokens(const HoleContext& context) {
  std::size_t fixed = context.header.size() + 1;  // `<|end|>`
  for (std::size_t i = 1; i + 1 < context.visible.size(); ++i) fixed += context.visible[i].size();
  return fixed;
}

std::size_t most_masked(const HoleContext& context, std::size_t context_tokens) {
  const std::size_t taken = fixed_tokens(context);
  return taken >= context_tokens ? 0 : (context_tokens - taken) / 2;
}

bool make_problem(const HoleContext& context, const TokenMasks& masks,
                  const std::vector<std::size_t>& lengths, std::size_t context_tokens, FillLimits limits,
                  model::SamplingProblem& problem) {
  const std::size_t fixed =
      fixed_tokens(context) + std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  if (fixed + 2 > context_tokens) {
    throw base::Error(base::ErrorCode::kUsage, "holes do not fit the model's context",
                      {.got = std::to_string(fixed) + " tokens",
                       .expected = "at most " + std::to_string(context_tokens - 2),
                       .hint = "ask for fewer tokens"});
  }
  const std::size_t room = context_tokens - fixed;
  const std::vector<tokens::TokenId>& front = context.visible.front();
  const std::vector<tokens::TokenId>& back = context.visible.back();
  const std::size_t left = room - std::min(room, back.size());
  const std::size_t before = std::min(front.size(), std::max(room / 2, left));
  const std::size_t after = std::min(back.size(), room - before);

  problem = {.text = {.ids = context.header, .header = context.header.size()},
             .inner = masks.inner(limits.any_bytes)};
  std::vector<tokens::TokenId>& ids = problem.text.ids;
  ids.insert(ids.end(), front.end() - static_cast<std::ptrdiff_t>(before), front.end());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    auto run = masks.make_run(context.edges[i], ids.size(), lengths[i], limits);
    if (!run) return false;
    problem.runs.push_back(*std::move(run));
    ids.insert(ids.end(), lengths[i], tokens::kMaskId);
    const bool last = i + 1 == lengths.size();
    const std::vector<tokens::TokenId>& next = context.visible[i + 1];
    ids.insert(ids.end(), next.begin(),
               last ? next.begin() + static_cast<std::ptrdiff_t>(after) : next.end());
  }
  if (context.ends_text && after == back.size()) ids.push_back(tokens::kEndId);
  return true;
}

}  // namespace palimpsest::infill
