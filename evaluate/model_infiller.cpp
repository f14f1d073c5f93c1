#include "evaluate/model_infiller.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/base/error.h"
#include "common/model/transformer_denoiser.h"

namespace palimpsest::evaluate {
namespace {

std::int64_t expert_of(const LoadedModel& loaded, const std::string& label) {
  if (label.empty()) return model::kRouterChooses;
  const std::vector<std::string>& labels = loaded.state.labels;
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end() || loaded.transformer.config().moe_layers.empty()) {
    throw base::Error(base::ErrorCode::kUsage, "no such expert",
                      {.got = label,
                       .expected = loaded.transformer.config().moe_layers.empty()
                                       ? "none: the model is dense"
                                       : fmt::format("one of {}", fmt::join(labels, ", "))});
  }
  return found - labels.begin();
}

}  // namespace

infill::Infiller make_infiller(const LoadedModel& loaded, const infill::InfillFlags& flags) {
  const std::int64_t expert = expert_of(loaded, flags.expert);
  const bool exact = flags.exact;
  const model::Transformer& transformer = loaded.transformer;
  return {loaded.tokenizer,
          [&transformer, expert, exact](bool draft) {
            return std::make_unique<model::TransformerDenoiser>(
                transformer,
                model::TransformerDenoiserOptions{.cache_context = draft || !exact, .expert = expert});
          },
          flags.resolve(loaded.state.row_tokens)};
}

}  // namespace palimpsest::evaluate
