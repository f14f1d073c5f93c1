#include "tokenize/presets.h"

#include "common/base/error.h"

namespace palimpsest::tokenize {

const TrainingPreset& training_preset(std::string_view name) {
  std::string known;
  for (const TrainingPreset& preset : kTrainingPresets) {
    if (preset.patterns->name == name) return preset;
    known += (known.empty() ? "" : " or ") + std::string(preset.patterns->name);
  }
  throw base::Error(base::ErrorCode::kUsage, "unknown preset", {.got = std::string(name), .expected = known});
}

std::vector<std::string> training_preset_names() {
  std::vector<std::string> names;
  names.reserve(kTrainingPresets.size());
  for (const TrainingPreset& preset : kTrainingPresets) names.emplace_back(preset.patterns->name);
  return names;
}

UnitCut unit_cut(const TrainingPreset& preset, std::string_view units) {
  const bool lines = units == kUnitsLine || (units == kUnitsByPreset && !preset.across_lines);
  return lines ? preset.line_cut : UnitCut::kDocument;
}

void cut_units(std::string_view text, UnitCut cut, std::vector<std::string_view>& units) {
  std::size_t begin = 0;
  if (cut != UnitCut::kDocument) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      const bool carriage_return = at > 0 && text[at - 1] == '\r';
      const std::size_t end = cut == UnitCut::kBehindNewline ? at + 1 : carriage_return ? at - 1 : at;
      if (end == begin) continue;
      units.push_back(text.substr(begin, end - begin));
      begin = end;
    }
  }
  if (begin < text.size()) units.push_back(text.substr(begin));
}

}  // namespace palimpsest::tokenize
