#include "evaluate/evaluation_inputs.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"

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
