#include "evaluate/infill/infill_output.h"

#include <algorithm>
#include <string_view>

#include "common/base/utf8.h"

namespace palimpsest::infill {
namespace {

constexpr std::size_t kLinesAround = 3;
constexpr std::size_t kMaxAround = 2000;  ///< bytes of context in JSON on each side

std::size_t lines_before(std::string_view text, std::size_t offset, std::size_t lines) {
  for (std::size_t seen = 0; offset > 0; --offset) {
    if (text[offset - 1] == '\n' && ++seen > lines) break;
  }
  return offset;
}

std::size_t lines_behind(std::string_view text, std::size_t offset, std::size_t lines) {
  for (std::size_t seen = 0; offset < text.size(); ++offset) {
    if (text[offset] == '\n' && ++seen > lines) break;
  }
  return offset;
}

/// The nearest place in front that is between characters.
std::size_t whole_character(std::string_view text, std::size_t offset) {
  while (offset > 0 && offset < text.size() && base::is_continuation_byte(text[offset])) --offset;
  return offset;
}

io::Json hole_json(const InfillRequest& request, std::size_t number, const HoleFill& fill) {
  const TextRange hole = request.holes[number];
  io::Json tokens = io::Json::array();
  for (const FillPiece& piece : fill.pieces)
    tokens.push_back({{"text", piece.text}, {"confidence", piece.confidence}, {"order", piece.order}});
  const std::size_t begin = whole_character(request.text, hole.begin - std::min(hole.begin, kMaxAround));
  const std::size_t end = whole_character(request.text, std::min(request.text.size(), hole.end + kMaxAround));
  return {{"path", request.path},
          {"begin", hole.begin},
          {"end", hole.end},
          {"before", request.text.substr(begin, hole.begin - begin)},
          {"replaced", request.text.substr(hole.begin, hole.end - hole.begin)},
          {"after", request.text.substr(hole.end, end - hole.end)},
          {"fill", fill.text},
          {"tokens", tokens}};
}

}  // namespace

std::string in_context(const InfillRequest& request, const std::vector<HoleFill>& fills, bool colour) {
  const std::string_view text = request.text;
  std::string output;
  std::size_t at = 0;
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const TextRange hole = request.holes[i];
    const std::size_t begin = std::max(at, lines_before(text, hole.begin, kLinesAround));
    if (i > 0 && begin > at) output += "\n...\n";
    output += text.substr(begin, hole.begin - begin);
    output += (colour ? "\033[1;32m" : "⟦") + fills[i].text + (colour ? "\033[0m" : "⟧");
    at = lines_behind(text, hole.end, kLinesAround);
    if (i + 1 < fills.size()) at = std::min(at, request.holes[i + 1].begin);
    output += text.substr(hole.end, at - hole.end);
  }
  return output + "\n";
}

io::Json as_json(const InfillRequest& request, const InfillResult& result,
                 const std::vector<std::string>& labels) {
  io::Json experts = io::Json::object();
  for (std::size_t e = 0; e < result.expert_probs.size(); ++e)
    experts[e < labels.size() ? labels[e] : std::to_string(e)] = result.expert_probs[e];
  io::Json holes = io::Json::array();
  const InfillCandidate& best = result.candidates.front();
  for (std::size_t i = 0; i < best.fills.size(); ++i) {
    holes.push_back(hole_json(request, i, best.fills[i]));
    holes.back()["experts"] = experts;
  }
  io::Json candidates = io::Json::array();
  for (const InfillCandidate& candidate : result.candidates) {
    io::Json fills = io::Json::array();
    for (const HoleFill& fill : candidate.fills) fills.push_back(fill.text);
    candidates.push_back(
        {{"fills", fills}, {"score", candidate.score}, {"syntax_errors", candidate.syntax_errors}});
  }
  return {{"holes", holes}, {"candidates", candidates}, {"experts", experts}, {"forwards", result.forwards}};
}

}  // namespace palimpsest::infill
