// The presets of training: patterns, and where a line ends.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/pre_tokenizer.h"

namespace palimpsest::tokenize {

/// Where a text is cut into units that no merge crosses.
enum class UnitCut {
  kDocument,       ///< nowhere
  kBehindNewline,  ///< a line ends with its newline
  kBeforeNewline,  ///< a line begins with the newline (and carriage return) before its indentation
};

struct TrainingPreset {
  const tokens::PreTokenizerPreset* patterns = nullptr;
  UnitCut line_cut = UnitCut::kDocument;  ///< how its lines are cut
  bool across_lines = true;               ///< the default of --units
};

inline constexpr std::array kTrainingPresets = {
    TrainingPreset{&tokens::kCodePreset, UnitCut::kBeforeNewline, true},
    TrainingPreset{&tokens::kSuperBpePreset, UnitCut::kBehindNewline, false},
};

inline constexpr const char* kUnitsByPreset = "preset";
inline constexpr const char* kUnitsLine = "line";
inline constexpr const char* kUnitsDocument = "document";

/// Throws Error{kUsage} that lists the names.
const TrainingPreset& training_preset(std::string_view name);

std::vector<std::string> training_preset_names();

/// `units` is one of the constants above.
UnitCut unit_cut(const TrainingPreset& preset, std::string_view units);

/// Appends the units of `text`, which join to it.
void cut_units(std::string_view text, UnitCut cut, std::vector<std::string_view>& units);

}  // namespace palimpsest::tokenize
