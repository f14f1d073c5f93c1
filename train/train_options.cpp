#include "train/train_options.h"

#include <fmt/format.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

constexpr double kLongestRankTimeout = 24 * 60 * 60;

}  // namespace

void TrainOptions::validate() const {
  base::validate(run);
  io::validate(remote);
  if (shards.empty())
    throw base::Error(base::ErrorCode::kUsage, "no shards", {.expected = "--shards DIR or URL"});
  const auto require = [](bool holds, const char* option, double got, const char* expected) {
    if (holds) return;
    throw base::Error(base::ErrorCode::kUsage, std::string("bad ") + option,
                      {.got = fmt::format("{}", got), .expected = expected});
  };
  require(step_scale > 0, "--step-scale", step_scale, "more than 0");
  require(validate_every >= 0, "--validate-every", static_cast<double>(validate_every), "0 or more");
  require(validate_rows >= 1, "--validate-rows", static_cast<double>(validate_rows), "1 or more");
  require(checkpoint_every >= 1, "--checkpoint-every", static_cast<double>(checkpoint_every), "1 or more");
  require(keep_checkpoints >= 1, "--keep-checkpoints", static_cast<double>(keep_checkpoints), "1 or more");
  require(keep_best >= 1, "--keep-best", static_cast<double>(keep_best), "1 or more");
  require(minutes >= 0, "--minutes", minutes, "0 (no limit) or more");
  require(rank_timeout > 0 && rank_timeout <= kLongestRankTimeout, "--rank-timeout", rank_timeout,
          "more than 0, at most 86400");
  require(patience >= 0, "--patience", static_cast<double>(patience), "0 (never) or more");
}

}  // namespace palimpsest::train
