#include "evaluate/infill/infill_options.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace palimpsest::infill {

InfillOptions InfillFlags::resolve(std::int64_t row_tokens) const {
  InfillOptions options = infill;
  options.sampler.kind = model::parse_sampler(sampler);
  const bool draws = options.sampler.kind == model::SamplerKind::kAncestral;
  options.sampler.temperature = temperature >= 0 ? temperature : draws ? 1 : 0;
  options.context_tokens = context > 0 ? context : static_cast<std::size_t>(row_tokens);
  options.validate();
  return options;
}

void add_infill_flags(CLI::App& app, InfillFlags& flags) {
  constexpr const char* group = "Filling";
  const auto add = [&](const char* name, auto& value, const char* help) {
    app.add_option(name, value, help)->group(group)->capture_default_str();
  };
  add("--sampler", flags.sampler,
      "ancestral: random order, drawn; confidence: surest token first; margin: clearest lead first;\n"
      "entropy-bounded: several sure tokens at once; remasking: that, then the least sure again");
  add("--temperature", flags.temperature,
      "0 = the most probable token; -1 = 1 for ancestral, 0 for the others");
  add("--entropy-bound", flags.infill.sampler.entropy_bound, "Nats that one step may decide at once");
  add("--remask-share", flags.infill.sampler.remask_share, "Part of the tokens that a round masks again");
  add("--remask-rounds", flags.infill.sampler.remask_rounds, "Rounds of remasking");
  add("--tokens", flags.infill.tokens,
      "Length of the fill, with the token at each edge of the hole; 0 = the best that a search finds");
  add("--max-tokens", flags.infill.max_tokens, "Longest fill that the search tries");
  add("--context", flags.context, "Tokens that the model sees in all; 0 = the row length of its training");
  app.add_flag("--exact", flags.exact,
               "Compute the text around the hole anew in every pass, not once for all of them")
      ->group(group);
  app.add_flag("--allow-empty", flags.infill.allows_empty, "A fill may be empty")->group(group);
  add("--expert", flags.expert, "Framework whose expert fills; by default the router chooses");
}

}  // namespace palimpsest::infill
