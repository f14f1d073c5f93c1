#include "evaluate/model_filler.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <ATen/Parallel.h>

#include "common/model/checkpoint.h"
#include "evaluate/model_infiller.h"

namespace palimpsest::evaluate {
namespace {

/// Fewer candidates than this leave nothing to choose from.
constexpr std::size_t kLeastCandidates = 3;

class ModelFiller final : public bench::Filler {
 public:
  ModelFiller(LoadedModel loaded, infill::InfillFlags flags)
      : loaded_(std::move(loaded)), flags_(std::move(flags)) {
    at::set_num_threads(1);          // the parallelism is over the tasks
    make_infiller(loaded_, flags_);  // refuses bad flags before any work
  }

  std::string name() const override { return "model"; }

  bench::Fills fill(const bench::Hole& hole, std::size_t candidates, std::uint64_t seed) const override {
    infill::InfillFlags flags = flags_;
    flags.infill.candidates = std::max(candidates, kLeastCandidates);
    flags.infill.sampler.seed ^= seed;
    const std::size_t place = hole.prompt.size();
    const infill::InfillResult result =
        make_infiller(loaded_, flags)
            .fill({.path = hole.path.empty() ? "task." + suffix_of(hole.language) : hole.path,
                   .text = hole.prompt + hole.suffix,
                   .holes = {{place, place}},
                   .grammar = bench::grammar_of(hole.language)});
    bench::Fills fills;
    for (const infill::InfillCandidate& candidate : result.candidates) {
      if (fills.size() < candidates) fills.push_back(candidate.fills.front().text);
    }
    return fills;
  }

 private:
  static std::string suffix_of(const std::string& language) {
    return language == "javascript" ? "js" : language == "tsx" ? "tsx" : "ts";
  }

  LoadedModel loaded_;
  infill::InfillFlags flags_;
};

}  // namespace

bench::ModelSource model_source() {
  auto flags = std::make_shared<infill::InfillFlags>();
  flags->infill.max_tokens = 64;
  return {.digest =
              [](const std::filesystem::path& path) {
                return checkpoint_digest(model::resolve_checkpoint(path));
              },
          .load = [flags](const std::filesystem::path& path) -> std::unique_ptr<bench::Filler> {
            return std::make_unique<ModelFiller>(load_model_and_tokenizer(path, "cpu"), *flags);
          },
          .add_options = [flags](CLI::App& app) { infill::add_infill_flags(app, *flags); }};
}

}  // namespace palimpsest::evaluate
