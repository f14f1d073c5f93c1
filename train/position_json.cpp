#include "train/position_json.h"

#include <vector>

namespace palimpsest::train {

io::Json to_json(const tokens::DataPosition& position) {
  return {{"drawn", position.drawn}, {"total", position.total}, {"drawn_in_mix", position.drawn_in_mix}};
}

tokens::DataPosition position_from_json(const io::Json& json, const std::string& where) {
  return {.drawn = io::require<std::vector<std::uint64_t>>(json, "drawn", where),
          .total = io::require<std::uint64_t>(json, "total", where),
          .drawn_in_mix = io::require<std::vector<std::uint64_t>>(json, "drawn_in_mix", where)};
}

}  // namespace palimpsest::train
