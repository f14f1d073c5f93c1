#include <cmath>

#include "evaluate/score/scores.h"

namespace palimpsest::evaluate {
namespace {

/// Text for people: invalid UTF-8 that a model may produce becomes U+FFFD when the JSON is written.
std::string printable(const std::string& bytes) {
  return io::Json::parse(io::Json(bytes).dump(-1, ' ', false, io::Json::error_handler_t::replace))
      .get<std::string>();
}

/// S1 of every family, with the mean over families under "mean".
io::Json specialization_json(const std::vector<std::string>& labels, const model::RoutingCounts& routing) {
  io::Json json = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) json[labels[f]] = number(routing.specialization(f));
  json["mean"] = number(routing.mean_specialization());
  return json;
}

}  // namespace

io::Json routing_json(const model::Score& score, const std::vector<std::string>& labels) {
  const model::RoutingCounts& routing = score.routing;
  io::Json shares = io::Json::array();  // [layer][family][expert]: share of the family's tokens
  for (std::size_t layer = 0; layer < routing.layers(); ++layer) {
    io::Json rows = io::Json::array();
    for (std::size_t family = 0; family < labels.size(); ++family) {
      double all = 0;
      for (std::size_t e = 0; e < routing.experts(); ++e)
        all += static_cast<double>(routing.count(layer, family, e));
      io::Json row = io::Json::array();
      for (std::size_t e = 0; e < routing.experts(); ++e) {
        row.push_back(number(static_cast<double>(routing.count(layer, family, e)) / all));
      }
      rows.push_back(row);
    }
    shares.push_back(rows);
  }
  io::Json by_bin = io::Json::array();
  for (const model::RoutingCounts& bin : score.routing_by_bin)
    by_bin.push_back(specialization_json(labels, bin));
  return {{"specialization", specialization_json(labels, routing)},
          {"specialization_by_mask_ratio", by_bin},
          {"router_entropy", score.router_entropy},
          {"normalized_mutual_information", number(routing.normalized_mutual_information())},
          {"share_by_layer", shares}};
}

/// [family][expert]: bits per byte of the family with that expert forced. Own-expert gain: mean nats per
/// token of the other experts minus those of the own expert.
io::Json forced_json(const std::vector<model::Score>& forced, const std::vector<std::string>& labels) {
  io::Json matrix = io::Json::array();
  io::Json gains = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) {
    io::Json row = io::Json::array();
    double others = 0;
    for (std::size_t e = 0; e < forced.size(); ++e) {
      row.push_back(number(forced[e].families[f].bits_per_byte()));
      if (e != f) others += forced[e].families[f].nats_per_token();
    }
    matrix.push_back(row);
    if (f >= forced.size()) continue;
    others /= static_cast<double>(forced.size() - 1);
    gains[labels[f]] = number(others - forced[f].families[f].nats_per_token());
  }
  return {{"bits_per_byte", matrix}, {"own_expert_gain_nats", gains}};
}

io::Json examples_json(const std::vector<InfillExample>& examples, const std::vector<std::string>& labels) {
  io::Json list = io::Json::array();
  io::Json summary = io::Json::object();
  for (const std::string& label : labels) {
    std::int64_t holes = 0;
    std::int64_t exact = 0;
    std::int64_t correct = 0;
    std::int64_t all = 0;
    for (const InfillExample& example : examples) {
      if (example.label != label) continue;
      ++holes;
      exact += example.filled == example.original ? 1 : 0;
      correct += example.correct_tokens;
      all += static_cast<std::int64_t>(example.tokens.size());
    }
    summary[label] = {{"holes", holes},
                      {"exact_match", number(static_cast<double>(exact) / static_cast<double>(holes))},
                      {"token_accuracy", number(static_cast<double>(correct) / static_cast<double>(all))}};
  }
  for (const InfillExample& example : examples) {
    io::Json tokens = io::Json::array();
    for (const std::string& token : example.tokens) tokens.push_back(printable(token));
    list.push_back({{"label", example.label},
                    {"path", example.path},
                    {"before", printable(example.before)},
                    {"after", printable(example.after)},
                    {"original", printable(example.original)},
                    {"filled", printable(example.filled)},
                    {"tokens", tokens},
                    {"confidence", example.confidence},
                    {"order", example.order}});
  }
  return {{"summary", summary}, {"examples", list}};
}

}  // namespace palimpsest::evaluate
