#include "train/routing_signals.h"

#include <cmath>
#include <cstdlib>
#include <type_traits>

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "common/model/routing_losses.h"
#include "common/model/scoring.h"

namespace palimpsest::train {
namespace {

void add_to(std::vector<double>& sums, const at::Tensor& values_E) {
  const at::Tensor values = values_E.to(at::kCPU, at::kDouble).contiguous();
  for (std::size_t e = 0; e < sums.size(); ++e) sums[e] += values.const_data_ptr<double>()[e];
}

io::Json plotted_list(const at::Tensor& values) {
  const at::Tensor flat = values.to(at::kCPU, at::kDouble).contiguous();
  io::Json list = io::Json::array();
  for (std::int64_t i = 0; i < flat.numel(); ++i) list.push_back(plotted(flat.const_data_ptr<double>()[i]));
  return list;
}

}  // namespace

io::Json plotted(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(fmt::format("{:.6g}", value).c_str(), nullptr);
}

RoutingSignals::RoutingSignals(const model::ModelConfig& config, std::size_t families)
    : choices_per_unit_(static_cast<double>(config.top_k)),
      bins_(model::kMaskRatioBins, model::RoutingCounts(config.moe_layers.size(), families,
                                                        static_cast<std::size_t>(config.experts))) {
  const std::vector<double> zeros(static_cast<std::size_t>(config.experts), 0);
  for (const std::int64_t number : config.moe_layers) {
    layers_.push_back(
        {.number = number, .choices = zeros, .prob_sums = zeros, .families = std::vector<Family>(families)});
  }
}

void RoutingSignals::add(const model::ModelOutput& output, const model::ModelInput& input,
                         const TrainingBatch& batch) {
  if (empty()) return;
  const c10::NoGradGuard no_grad;
  model::count_routing(output, batch.rows, input, batch.masks, bins_);
  units_ += static_cast<double>(output.routers.front().probs_UE.size(0));
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const model::RouterState& router = output.routers[i];
    Layer& layer = layers_[i];
    const at::Tensor log_probs_UE = at::log_softmax(router.logits_UE, -1);
    add_to(layer.choices, model::top_choices(router));
    add_to(layer.prob_sums, router.probs_UE.sum(0));
    layer.entropy -= (log_probs_UE.exp() * log_probs_UE).sum().item<double>();
    layer.z += at::logsumexp(router.logits_UE, -1).square().sum().item<double>();
    add_segments(router, batch, layer);
  }
}

void RoutingSignals::add_segments(const model::RouterState& router, const TrainingBatch& batch,
                                  Layer& layer) {
  const at::Tensor log_probs_SE = at::log_softmax(router.mean_logits_SE, -1).to(at::kCPU).contiguous();
  const at::Tensor choice_S = log_probs_SE.argmax(-1);
  const std::int64_t experts = log_probs_SE.size(1);
  for (std::size_t s = 0; s < batch.rows.segments.size(); ++s) {
    const std::int64_t label = batch.rows.segments[s].label;
    Family& family = layer.families[static_cast<std::size_t>(label)];
    family.segments += 1;
    if (label >= experts) continue;
    const double weight = 1 - batch.masks.mask_ratio[s];
    const float* log_probs = log_probs_SE.const_data_ptr<float>() + static_cast<std::int64_t>(s) * experts;
    family.cross_entropy -= weight * static_cast<double>(log_probs[label]);
    family.weight += weight;
    family.correct += choice_S.const_data_ptr<std::int64_t>()[s] == label ? 1 : 0;
  }
}

template <typename Visit>
void RoutingSignals::for_each_sum(Visit visit) {
  for (model::RoutingCounts& bin : bins_)
    for (std::uint64_t& count : bin.counts()) visit(count);
  visit(units_);
  for (Layer& layer : layers_) {
    for (double& choices : layer.choices) visit(choices);
    for (double& prob_sum : layer.prob_sums) visit(prob_sum);
    visit(layer.entropy);
    visit(layer.z);
    for (Family& family : layer.families) {
      visit(family.cross_entropy);
      visit(family.weight);
      visit(family.segments);
      visit(family.correct);
    }
  }
}

std::vector<double> RoutingSignals::sums() {
  std::vector<double> sums;
  for_each_sum([&sums](const auto& sum) { sums.push_back(static_cast<double>(sum)); });
  return sums;
}

void RoutingSignals::set_sums(std::span<const double> sums) {
  auto next = sums.begin();
  for_each_sum([&next](auto& sum) { sum = static_cast<std::remove_reference_t<decltype(sum)>>(*next++); });
}

double RoutingSignals::load_balance(const Layer& layer) const {
  double sum = 0;
  for (std::size_t e = 0; e < layer.choices.size(); ++e) sum += layer.choices[e] * layer.prob_sums[e];
  return sum / (units_ * units_ * choices_per_unit_) * static_cast<double>(layer.choices.size());
}

double RoutingSignals::load_balance() const {
  double sum = 0;
  for (const Layer& layer : layers_) sum += load_balance(layer);
  return sum / static_cast<double>(layers_.size());
}

double RoutingSignals::entropy() const {
  double sum = 0;
  for (const Layer& layer : layers_) sum += layer.entropy;
  return sum / units_ / std::log(static_cast<double>(bins_.front().experts())) /
         static_cast<double>(layers_.size());
}

io::Json RoutingSignals::to_json(const std::vector<std::string>& labels) const {
  const model::RoutingCounts counts = this->counts();
  io::Json list = io::Json::array();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    io::Json load = io::Json::array();
    for (const double choices : layer.choices)
      load.push_back(plotted(choices / (units_ * choices_per_unit_)));
    io::Json families = io::Json::object();
    for (std::size_t f = 0; f < labels.size(); ++f) {
      const Family& family = layer.families[f];
      if (family.segments == 0) continue;
      families[labels[f]] = {{"specialization", plotted(counts.specialization(f, i))},
                             {"supervised", plotted(family.cross_entropy / family.weight)},
                             {"accuracy", plotted(family.correct / family.segments)}};
    }
    const double log_experts = std::log(static_cast<double>(layer.choices.size()));
    list.push_back({{"layer", layer.number},
                    {"entropy", plotted(layer.entropy / units_ / log_experts)},
                    {"load", load},
                    {"load_balance", plotted(load_balance(layer))},
                    {"z", plotted(layer.z / units_)},
                    {"families", families}});
  }
  return list;
}

double weight_norm(const std::vector<model::Parameter>& parameters) {
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> norms;
  for (const model::Parameter& parameter : parameters) norms.push_back(parameter.value.norm());
  return at::stack(norms).norm().item<double>();
}

io::Json specialization_json(const std::vector<std::string>& labels, const model::RoutingCounts& counts) {
  io::Json json = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) json[labels[f]] = plotted(counts.specialization(f));
  return json;
}

io::Json specialization_by_bin_json(const std::vector<model::RoutingCounts>& bins) {
  io::Json list = io::Json::array();
  for (const model::RoutingCounts& bin : bins) list.push_back(plotted(bin.mean_specialization()));
  return list;
}

io::Json gradient_signals(const std::vector<model::Parameter>& parameters) {
  const c10::NoGradGuard no_grad;
  io::Json list = io::Json::array();
  at::Tensor squares_E;  // of the layer's expert matrices seen so far
  for (const model::Parameter& parameter : parameters) {
    const at::Tensor gradient =
        parameter.value.grad().defined() ? parameter.value.grad() : at::zeros_like(parameter.value);
    if (parameter.name.ends_with(".router")) {
      list.push_back({{"router", plotted(gradient.norm().item<double>())}});
      squares_E = at::Tensor();
    } else if (model::is_expert_parameter(parameter.name)) {
      const at::Tensor own_E = gradient.flatten(1).square().sum(1);
      squares_E = squares_E.defined() ? squares_E + own_E : own_E;
      list.back()["experts"] = plotted_list(squares_E.sqrt());
    }
  }
  return list;
}

}  // namespace palimpsest::train
