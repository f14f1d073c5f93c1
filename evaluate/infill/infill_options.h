// The options of filling on the command line, the same for every command that fills.
#pragma once

#include <cstdint>
#include <string>

#include <CLI/App.hpp>

#include "evaluate/infill/infiller.h"

namespace palimpsest::infill {

struct InfillFlags {
  std::string sampler = "entropy-bounded";
  double temperature = -1;  ///< -1 = the sampler's own: 1 for ancestral, 0 for the others
  std::size_t context = 0;  ///< 0 = the row length of training
  bool exact = false;       ///< never keep the context between passes
  std::string expert;       ///< framework whose expert serves; empty = the router chooses
  InfillOptions infill;

  /// The options with the sampler filled in; `row_tokens` of the model. Throws Error{kUsage}.
  InfillOptions resolve(std::int64_t row_tokens) const;
};

void add_infill_flags(CLI::App& app, InfillFlags& flags);

}  // namespace palimpsest::infill
