#include <algorithm>

#include <fmt/format.h>

#include "evaluate/routing/routing_study.h"
#include "evaluate/routing/text_table.h"

namespace palimpsest::evaluate {
namespace {

/// "0.56 [0.50, 0.61]", or the number alone, or "-".
std::string cell(const io::Json& value, int decimals) {
  if (value.is_number()) return fmt::format("{:.{}f}", value.get<double>(), decimals);
  if (!value.is_object()) return "-";
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", value.at("value").get<double>(), decimals,
                     value.at("low").get<double>(), decimals, value.at("high").get<double>(), decimals);
}

/// The number without its interval.
std::string plain(const io::Json& value, int decimals) {
  return cell(value.is_object() ? value.at("value") : value, decimals);
}

const io::Json& at_or_null(const io::Json& object, const std::string& key) {
  static const io::Json none;
  return object.is_object() && object.contains(key) ? object.at(key) : none;
}

std::vector<std::string> families_and_mean(const io::Json& study) {
  std::vector<std::string> names = study.at("labels");
  names.emplace_back("mean");
  return names;
}

std::string specialization_table(const io::Json& study) {
  const io::Json& probe = study.at("probe");
  TextTable table({"S1", "router", "probe, same masks", "probe, all visible", "header only", "text only"});
  for (const std::string& name : families_and_mean(study)) {
    std::vector<std::string> row = {name, cell(study.at("router").at("specialization").at(name), 2),
                                    cell(probe.at("all").at("masked_specialization").at(name), 2)};
    for (const char* view : {"all", "header", "text"}) {
      row.push_back(cell(at_or_null(at_or_null(probe.at(view), "specialization"), name), 2));
    }
    table.add(row);
  }
  return table.text();
}

std::string chance_table(const io::Json& study) {
  const io::Json& shuffled = study.at("shuffled_labels");
  TextTable table({"labels shuffled", "router S1", "p", "probe S1"});
  for (const std::string& name : families_and_mean(study)) {
    table.add({name, cell(at_or_null(at_or_null(shuffled, "specialization"), name), 2),
               cell(at_or_null(at_or_null(shuffled, "p"), name), 3),
               cell(at_or_null(study.at("probe").at("shuffled").at("masked_specialization"), name), 2)});
  }
  return table.text();
}

std::string share_table(const io::Json& study) {
  const std::vector<std::string> labels = study.at("labels");
  std::vector<std::string> head = {"share of tokens"};
  for (std::size_t e = 0; e < study.at("experts").get<std::size_t>(); ++e)
    head.push_back("expert " + std::to_string(e));
  TextTable table(head);
  const auto add = [&](const std::string& name, const io::Json& shares) {
    std::vector<std::string> row = {name};
    for (const io::Json& share : shares) row.push_back(plain(share, 2));
    table.add(row);
  };
  const io::Json& router = study.at("router");
  for (std::size_t f = 0; f < labels.size(); ++f) add(labels[f], router.at("share").at(f));
  add("load", router.at("load"));
  return table.text();
}

std::string forced_table(const io::Json& study) {
  const io::Json& forced = study.at("forced_experts");
  if (!forced.is_object()) return "";
  std::vector<std::string> head = {"nats/token, forced"};
  for (std::size_t e = 0; e < study.at("experts").get<std::size_t>(); ++e)
    head.push_back("expert " + std::to_string(e));
  head.insert(head.end(), {"router chooses", "own gain"});
  TextTable table(head);
  const io::Json& matrix = forced.at("nats_per_token");
  for (const std::string& name : families_and_mean(study)) {
    const std::size_t family = table.rows();
    std::vector<std::string> row = {name};
    for (std::size_t e = 0; e + 3 < head.size(); ++e)
      row.push_back(family < matrix.size() ? plain(matrix.at(family).at(e), 3) : "");
    row.push_back(plain(forced.at("routed_nats_per_token").at(name), 3));
    row.push_back(cell(forced.at("own_expert_gain_nats").at(name), 3));
    table.add(row);
  }
  return table.text();
}

/// A line for all, each layer and each mask-ratio bin.
std::string slices_table(const io::Json& study) {
  std::vector<std::string> head = families_and_mean(study);
  head.insert(head.begin(), "S1 of");
  head.insert(head.end(), {"entropy / log E", "mutual information", "probe mean"});
  TextTable table(head);
  const io::Json& router = study.at("router");
  const auto add = [&](const std::string& name, const io::Json& slice, const io::Json& probe) {
    std::vector<std::string> row = {name};
    const io::Json& specialization = at_or_null(slice, "specialization");
    for (const std::string& family : families_and_mean(study))
      row.push_back(plain(at_or_null(specialization, family), 2));
    row.push_back(plain(at_or_null(slice, "router_entropy"), 3));
    row.push_back(plain(at_or_null(slice, "normalized_mutual_information"), 3));
    row.push_back(plain(at_or_null(probe, "mean"), 2));
    table.add(row);
  };
  const io::Json& probe = study.at("probe").at("all");
  add("all", router, probe.at("masked_specialization"));
  for (const io::Json& layer : router.at("by_layer"))
    add(fmt::format("layer {}", layer.at("layer").get<int>()), layer, nullptr);
  for (std::size_t bin = 0; bin < router.at("by_mask_ratio").size(); ++bin) {
    const io::Json& slice = router.at("by_mask_ratio").at(bin);
    add(fmt::format("masked to {:.1f}", slice.at("to").get<double>()), slice,
        probe.at("by_mask_ratio").at(bin).at("specialization"));
  }
  return table.text();
}

}  // namespace

std::string routing_tables(const io::Json& study) {
  std::string text;
  for (const auto& part : {specialization_table(study), chance_table(study), forced_table(study),
                           share_table(study), slices_table(study)}) {
    if (!part.empty()) text += part + "\n";
  }
  return text;
}

}  // namespace palimpsest::evaluate
