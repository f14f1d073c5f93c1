// Which expert would serve a text, and how sure the router is: by layer, for each segment and the whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/routing/segment_routing.h"

namespace palimpsest::evaluate {

/// A stretch of the text as long as a training segment can be.
struct TextPiece {
  std::size_t begin = 0;  ///< bytes of the text
  std::size_t end = 0;
  std::size_t first_line = 0;  ///< from 1
  std::size_t last_line = 0;
  SegmentRouting routing;
};

struct TextRouting {
  std::string name;
  std::vector<TextPiece> pieces;
  SegmentRouting whole;  ///< of all pieces, weighted by their tokens
};

/// Each piece has the visible header of the whole file in front and `<|end|>` behind, as training segments
/// do, nothing masked. `path` goes into the header.
TextRouting route_text(const LoadedModel& loaded, const std::string& name, const std::string& path,
                       const std::string& text);

io::Json to_json(const TextRouting& routing, const LoadedModel& loaded);

/// A line a piece: lines, tokens, and for each layer the expert of most tokens with its mean probability.
std::string text_routing_table(const TextRouting& routing, const LoadedModel& loaded);

}  // namespace palimpsest::evaluate
