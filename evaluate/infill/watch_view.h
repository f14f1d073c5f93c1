// Denoising as it happens, on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/model/denoiser.h"
#include "common/tokens/tokenizer.h"

namespace palimpsest::infill {

/// Draws the lines around the holes after every step, each frame over the one before.
class WatchView {
 public:
  /// A terminal of `columns`; 0 = no terminal: no colours, and frames follow each other.
  WatchView(const tokens::Tokenizer& tokenizer, std::size_t columns)
      : tokenizer_(tokenizer), columns_(columns) {}

  /// What to print after a step: a masked token is ░, what this step decided stands out.
  std::string frame(const model::MaskedText& text, const std::vector<std::size_t>& decided);

 private:
  const tokens::Tokenizer& tokenizer_;
  std::size_t columns_;
  std::vector<bool> is_hole_;  ///< by position of the text
  std::size_t rows_ = 0;  ///< of the terminal that the last frame took; 0 before the first step of a fill
  std::int64_t step_ = 0;
};

}  // namespace palimpsest::infill
