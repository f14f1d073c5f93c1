// routing.json: does the router know the families, as well as what it sees allows, and is it worth it?
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/io/json.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/routing/probe_study.h"
#include "evaluate/routing/split_observations.h"

namespace palimpsest::evaluate {

struct RoutingStudyOptions {
  std::string split = "valid";
  MaskDraws draws;
  std::int64_t forced_draws = 1;
  std::int64_t shuffles = 200;
  std::int64_t probe_rows = 4000;  ///< training rows of each label that the probe learns from; 0 = all
};

/// Throws Error{kBadData} for a model without at least two experts; `where` is its checkpoint.
void check_has_router(const model::ModelConfig& config, const std::filesystem::path& where);

/// Throws Error{kBadData} for fewer experts than families, or a single family: nobody has an expert of its
/// own.
void check_has_own_experts(const model::ModelConfig& config, std::size_t families,
                           const std::filesystem::path& where);

/// Runs all measurements; the probe learns from `train`.
io::Json study_routing(const LoadedModel& loaded, const tokens::ShardReader& train,
                       const tokens::ShardReader& split, const RoutingStudyOptions& options);

/// The tables that `evaluate routing` prints of it.
std::string routing_tables(const io::Json& study);

}  // namespace palimpsest::evaluate
