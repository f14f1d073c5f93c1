#include "train/validation_metrics.h"

#include <fmt/format.h>

#include "train/routing_signals.h"

namespace palimpsest::train {

io::Json validation_metrics(std::int64_t step, const std::vector<std::string>& labels,
                            const model::Score& score) {
  io::Json families = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) {
    families[labels[f]] = plotted(score.families[f].bits_per_byte());
  }
  io::Json line = {{"kind", "validation"},
                   {"step", step},
                   {"bits_per_byte", score.mean_bits_per_byte()},
                   {"perplexity", score.total().perplexity()},
                   {"bits_per_byte_by_family", families}};
  if (score.routing.layers() == 0) return line;
  line["router_entropy"] = score.router_entropy;
  line["mutual_information"] = plotted(score.routing.normalized_mutual_information());
  line["specialization"] = specialization_json(labels, score.routing);
  line["mean_specialization"] = plotted(score.routing.mean_specialization());
  line["specialization_by_mask_ratio"] = specialization_by_bin_json(score.routing_by_bin);
  return line;
}

std::string describe(const model::Score& score) {
  std::string text = fmt::format("{:.3f} bits/byte, perplexity {:.1f}", score.mean_bits_per_byte(),
                                 score.total().perplexity());
  if (score.routing.layers() > 0) {
    text += fmt::format(", S1 {:.2f}, router entropy {:.2f}", score.routing.mean_specialization(),
                        score.router_entropy);
  }
  return text;
}

}  // namespace palimpsest::train
