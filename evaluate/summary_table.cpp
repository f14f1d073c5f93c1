#include <fmt/format.h>

#include "evaluate/scores.h"

namespace palimpsest::evaluate {
namespace {

std::string cell(const io::Json& value, int decimals) {
  return value.is_number() ? fmt::format("{:.{}f}", value.get<double>(), decimals) : "-";
}

}  // namespace

std::string summary_table(const io::Json& scores) {
  const io::Json& overall = scores.at("overall");
  const bool routed = !scores.at("routing").is_null();
  std::string table = fmt::format("{:<10} {:>9} {:>9} {:>9} {:>10} {:>7} {:>10} {:>8}\n", "family", "tokens",
                                  "bits/byte", "unigram", "perplexity", "S1", "own gain", "infill");
  for (const std::string label : scores.at("labels")) {
    const io::Json& family = scores.at("families").at(label);
    const io::Json none;
    const io::Json& s1 = routed ? scores.at("routing").at("specialization").at(label) : none;
    const io::Json& gains = routed ? scores.at("forced_experts").at("own_expert_gain_nats") : none;
    table += fmt::format("{:<10} {:>9} {:>9} {:>9} {:>10} {:>7} {:>10} {:>8}\n", label,
                         family.at("tokens").get<std::int64_t>(), cell(family.at("bits_per_byte"), 3),
                         cell(family.at("unigram_bits_per_byte"), 3), cell(family.at("perplexity"), 1),
                         cell(s1, 2), cell(gains.contains(label) ? gains.at(label) : none, 3),
                         cell(scores.at("infill").at("summary").at(label).at("token_accuracy"), 2));
  }
  table += fmt::format("{:<10} {:>9} {:>9} {:>9} {:>10}", "mean", overall.at("tokens").get<std::int64_t>(),
                       cell(overall.at("mean_bits_per_byte"), 3),
                       cell(overall.at("unigram_mean_bits_per_byte"), 3), cell(overall.at("perplexity"), 1));
  if (routed) {
    const io::Json& routing = scores.at("routing");
    table +=
        fmt::format(" {:>7}\nrouter entropy / log E {}, normalised mutual information {}",
                    cell(routing.at("specialization").at("mean"), 2), cell(routing.at("router_entropy"), 3),
                    cell(routing.at("normalized_mutual_information"), 3));
  }
  return table + "\n";
}

}  // namespace palimpsest::evaluate
