#include <fmt/format.h>

#include "evaluate/score/scores.h"

namespace palimpsest::evaluate {
namespace {

std::string cell(const io::Json& value, int decimals) {
  return value.is_number() ? fmt::format("{:.{}f}", value.get<double>(), decimals) : "-";
}

/// Value and half its 95 % interval.
std::string interval(const io::Json& object, const std::string& key, int decimals) {
  if (!object.at(key).is_number()) return "-";
  const double half = (object.at(key + "_high").get<double>() - object.at(key + "_low").get<double>()) / 2;
  return fmt::format("{}+-{:.{}f}", cell(object.at(key), decimals), half, decimals);
}

/// One row: a name and its bits per byte in each family, over all text and as the mean of the families.
std::string row(const std::string& name, const io::Json& families, const io::Json& overall,
                const io::Json& labels) {
  std::string line = fmt::format("{:<17}", name);
  for (const std::string label : labels)
    line += fmt::format(" {:>14}", interval(families.at(label), "bits_per_byte", 3));
  return line + fmt::format(" {:>14} {:>17}\n", interval(overall, "bits_per_byte", 3),
                            interval(overall, "mean_bits_per_byte", 3));
}

std::string bits_table(const io::Json& scores) {
  const io::Json& labels = scores.at("labels");
  std::string table = fmt::format("{:<17}", "bits/byte");
  for (const std::string label : labels) table += fmt::format(" {:>14}", label);
  table += fmt::format(" {:>14} {:>17}\n", "all text", "mean of families");
  table += row("model, NELBO", scores.at("families"), scores.at("overall"), labels);
  const io::Json& bare = scores.at("without_header");
  if (!bare.is_null()) table += row("  without header", bare.at("families"), bare, labels);
  const io::Json& holes = scores.at("conditional_infill");
  if (!holes.is_null()) table += row("  in holes", holes.at("families"), holes, labels);
  for (const io::Json& baseline : scores.at("baselines"))
    table += row(baseline.at("name"), baseline.at("families"), baseline, labels);
  return table;
}

std::string family_line(const io::Json& scores, const std::string& label) {
  const bool routed = !scores.at("routing").is_null();
  const io::Json none;
  const io::Json& family = scores.at("families").at(label);
  const io::Json& s1 = routed ? scores.at("routing").at("specialization").at(label) : none;
  const io::Json& gains = routed ? scores.at("forced_experts").at("own_expert_gain_nats") : none;
  return fmt::format("{:<17} {:>10} {:>10} {:>14} {:>7} {:>10} {:>8}\n", label,
                     family.at("tokens").get<std::int64_t>(), family.at("bytes").get<std::int64_t>(),
                     interval(family, "perplexity", 1), cell(s1, 2),
                     cell(gains.contains(label) ? gains.at(label) : none, 3),
                     cell(scores.at("infill").at("summary").at(label).at("token_accuracy"), 2));
}

std::string by_ratio_line(const io::Json& bins) {
  std::string line = "nats per masked token by mask ratio:";
  for (const io::Json& bin : bins) {
    line += fmt::format(" {:.1f}-{:.1f} {}", bin.at("from").get<double>(), bin.at("to").get<double>(),
                        cell(bin.at("nats_per_masked_token").at("all"), 2));
  }
  return line + "\n";
}

std::string chain_rule_line(const io::Json& chain) {
  if (chain.is_null()) return "";
  return fmt::format("left to right, {} segments: {} bits/byte (any order, NELBO: {})\n",
                     chain.at("segments").get<std::int64_t>(),
                     cell(chain.at("left_to_right_bits_per_byte"), 3),
                     cell(chain.at("nelbo_bits_per_byte"), 3));
}

}  // namespace

std::string summary_table(const io::Json& scores) {
  std::string table = bits_table(scores);
  table += fmt::format("\n{:<17} {:>10} {:>10} {:>14} {:>7} {:>10} {:>8}\n", "family", "tokens", "bytes",
                       "perplexity", "S1", "own gain", "infill");
  for (const std::string label : scores.at("labels")) table += family_line(scores, label);
  const io::Json& overall = scores.at("overall");
  table += fmt::format("{:<17} {:>10} {:>10} {:>14}", "all", overall.at("tokens").get<std::int64_t>(),
                       overall.at("bytes").get<std::int64_t>(), interval(overall, "perplexity", 1));
  if (!scores.at("routing").is_null()) {
    const io::Json& routing = scores.at("routing");
    table +=
        fmt::format(" {:>7}\nrouter entropy / log E {}, normalised mutual information {}",
                    cell(routing.at("specialization").at("mean"), 2), cell(routing.at("router_entropy"), 3),
                    cell(routing.at("normalized_mutual_information"), 3));
  }
  return table + "\n" + by_ratio_line(scores.at("by_mask_ratio")) + chain_rule_line(scores.at("chain_rule"));
}

}  // namespace palimpsest::evaluate
