#include "evaluate/evaluation_inputs.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/options.h"

namespace palimpsest::evaluate {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& what, const std::string& got, const std::string& expected,
                         const fs::path& where) {
  throw base::Error(base::ErrorCode::kBadData, what,
                    {.got = got,
                     .expected = expected,
                     .where = where.string(),
                     .hint = "use the shards and the tokenizer that the model was trained with"});
}

}  // namespace

LoadedModel load_model_and_tokenizer(const fs::path& path, const std::string& device) {
  const at::Device where = model::parse_device(device);
  const fs::path checkpoint = model::resolve_checkpoint(path);
  const model::CheckpointState state = model::read_checkpoint_state(checkpoint);
  LoadedModel loaded{checkpoint, state, model::load_model(checkpoint, state, where),
                     tokens::Tokenizer::load(model::tokenizer_path(checkpoint))};
  if (loaded.tokenizer.digest() != state.tokenizer_digest) {
    refuse("tokenizer does not match the model", loaded.tokenizer.digest(), state.tokenizer_digest,
           model::tokenizer_path(checkpoint));
  }
  return loaded;
}

std::string checkpoint_digest(const fs::path& checkpoint) {
  return base::sha256_file_hex(checkpoint / model::kStateFile);
}

io::Manifest plan_evaluation(const CLI::App& app, const std::string& stage, const fs::path& checkpoint,
                             const fs::path& shards) {
  io::Manifest plan{.stage = stage, .config = base::resolved_config(app)};
  plan.config.erase("model");
  plan.config.erase("shards");
  plan.inputs["checkpoint"] = checkpoint_digest(checkpoint);
  plan.inputs["shards"] = io::manifest_digest(shards);
  return plan;
}

void check_shards_fit(const LoadedModel& loaded, const tokens::ShardReader& shards,
                      const fs::path& directory) {
  if (shards.tokenizer_digest() != loaded.state.tokenizer_digest) {
    refuse("shards were made with another tokenizer", shards.tokenizer_digest(),
           loaded.state.tokenizer_digest, directory);
  }
  if (shards.labels() != loaded.state.labels) {
    refuse("shards have other labels", fmt::format("{}", fmt::join(shards.labels(), ", ")),
           fmt::format("{}", fmt::join(loaded.state.labels, ", ")), directory);
  }
}

}  // namespace palimpsest::evaluate
