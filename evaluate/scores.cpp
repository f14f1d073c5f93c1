#include "evaluate/scores.h"

#include <cmath>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/model/unigram.h"

namespace palimpsest::evaluate {
namespace {

/// JSON has no NaN; a family without tokens has null scores.
io::Json number(double value) {
  return std::isfinite(value) ? io::Json(value) : io::Json(nullptr);
}

/// Text for people: invalid UTF-8 that a model may produce becomes U+FFFD when the JSON is written.
std::string printable(const std::string& bytes) {
  return io::Json::parse(io::Json(bytes).dump(-1, ' ', false, io::Json::error_handler_t::replace))
      .get<std::string>();
}

io::Json family_json(const model::FamilyScore& score) {
  return {{"tokens", score.tokens},
          {"bytes", score.bytes},
          {"nats_per_token", number(score.nats_per_token())},
          {"perplexity", number(score.perplexity())},
          {"bits_per_byte", number(score.bits_per_byte())}};
}

/// S1 of every family, with the mean over families under "mean".
io::Json specialization_json(const std::vector<std::string>& labels, const model::RoutingCounts& routing) {
  io::Json json = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) json[labels[f]] = number(routing.specialization(f));
  json["mean"] = number(routing.mean_specialization());
  return json;
}

io::Json routing_json(const Scores& scores, const std::vector<std::string>& labels) {
  const model::RoutingCounts& routing = scores.model.routing;
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
  for (const model::RoutingCounts& bin : scores.model.routing_by_bin)
    by_bin.push_back(specialization_json(labels, bin));
  return {{"specialization", specialization_json(labels, routing)},
          {"specialization_by_mask_ratio", by_bin},
          {"router_entropy", scores.model.router_entropy},
          {"normalized_mutual_information", number(routing.normalized_mutual_information())},
          {"share_by_layer", shares}};
}

/// [family][expert]: bits per byte of the family with that expert forced. Own-expert gain: mean nats per
/// token of the other experts minus those of the own expert.
io::Json forced_json(const Scores& scores, const std::vector<std::string>& labels) {
  io::Json matrix = io::Json::array();
  io::Json gains = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) {
    io::Json row = io::Json::array();
    double others = 0;
    for (std::size_t e = 0; e < scores.forced.size(); ++e) {
      row.push_back(number(scores.forced[e].families[f].bits_per_byte()));
      if (e != f) others += scores.forced[e].families[f].nats_per_token();
    }
    matrix.push_back(row);
    if (f >= scores.forced.size()) continue;
    others /= static_cast<double>(scores.forced.size() - 1);
    gains[labels[f]] = number(others - scores.forced[f].families[f].nats_per_token());
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

}  // namespace

Scores compute_scores(const LoadedModel& loaded, const tokens::ShardReader& train,
                      const tokens::ShardReader& split, const ScoringOptions& options) {
  model::ScoreOptions score_options{.passes = options.passes, .seed = options.seed};
  Scores scores;
  spdlog::info("scoring the split, {} mask draws", options.passes);
  scores.model = model::score_split(loaded.transformer, split, score_options);
  if (scores.model.routing.layers() > 0) {
    score_options.passes = 1;
    for (std::int64_t expert = 0; expert < loaded.state.config.experts; ++expert) {
      spdlog::info("scoring with expert {} forced", expert);
      score_options.forced_expert = expert;
      scores.forced.push_back(model::score_split(loaded.transformer, split, score_options));
    }
  }
  scores.unigram = scores.model.families;
  const std::vector<double> nats = model::unigram_nats(split, model::unigram_log_probs(train));
  for (std::size_t f = 0; f < nats.size(); ++f) scores.unigram[f].nats = nats[f];
  spdlog::info("filling holes");
  scores.examples = make_infill_examples(loaded, split, options.examples);
  return scores;
}

io::Json to_json(const Scores& scores, const LoadedModel& loaded, const ScoringOptions& options) {
  const std::vector<std::string>& labels = loaded.state.labels;
  const model::ParameterCount count = model::count_parameters(loaded.state.config);
  model::Score unigram;
  unigram.families = scores.unigram;
  io::Json families = io::Json::object();
  for (std::size_t f = 0; f < labels.size(); ++f) {
    families[labels[f]] = family_json(scores.model.families[f]);
    families[labels[f]]["unigram_bits_per_byte"] = number(scores.unigram[f].bits_per_byte());
  }
  io::Json overall = family_json(scores.model.total());
  overall["mean_bits_per_byte"] = number(scores.model.mean_bits_per_byte());
  overall["unigram_mean_bits_per_byte"] = number(unigram.mean_bits_per_byte());
  overall["unigram_perplexity"] = number(unigram.total().perplexity());
  return {{"split", options.split},
          {"step", loaded.state.step},
          {"mask_draws", options.passes},
          {"model", model::to_json(loaded.state.config)},
          {"parameters", {{"total", count.total}, {"active", count.active}}},
          {"labels", labels},
          {"overall", overall},
          {"families", families},
          {"routing", scores.forced.empty() ? io::Json(nullptr) : routing_json(scores, labels)},
          {"forced_experts", scores.forced.empty() ? io::Json(nullptr) : forced_json(scores, labels)},
          {"infill", examples_json(scores.examples, labels)}};
}

}  // namespace palimpsest::evaluate
