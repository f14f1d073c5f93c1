#include "evaluate/routing/text_routing.h"

#include <algorithm>

#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include "common/base/signals.h"
#include "common/tokens/visible_header.h"
#include "evaluate/routing/text_table.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::size_t kBatchRows = 16;

using Ids = std::vector<tokens::TokenId>;

/// One row with one segment a piece.
model::RowBatch batch_of(const std::vector<Ids>& rows, std::size_t begin, std::size_t end,
                         std::int64_t header) {
  model::RowBatch batch;
  batch.row_tokens = static_cast<std::int64_t>(rows[begin].size());  // the last may be shorter
  for (std::size_t r = begin; r < end; ++r) {
    const auto length = static_cast<std::int64_t>(rows[r].size());
    batch.ids.insert(batch.ids.end(), rows[r].begin(), rows[r].end());
    batch.ids.insert(batch.ids.end(), static_cast<std::size_t>(batch.row_tokens - length), tokens::kPadId);
    batch.segments.push_back({.row = batch.rows++, .begin = 0, .end = length, .header = header});
  }
  return batch;
}

void route_pieces(const LoadedModel& loaded, const std::vector<Ids>& rows, std::size_t header,
                  std::vector<TextPiece>& pieces) {
  const c10::NoGradGuard no_grad;
  for (std::size_t begin = 0; begin < rows.size(); begin += kBatchRows) {
    base::throw_if_stopped();
    const std::size_t end = std::min(rows.size(), begin + kBatchRows);
    const model::RowBatch batch = batch_of(rows, begin, end, static_cast<std::int64_t>(header));
    const model::MaskPlan nothing_masked{.mask_ratio = std::vector<double>(end - begin)};
    const model::ModelInput input =
        model::ModelInput::from(batch, nothing_masked, {}, loaded.transformer.device());
    std::vector<SegmentRouting> routings = route_segments(loaded.transformer.forward(input), input);
    for (std::size_t r = begin; r < end; ++r) pieces[r].routing = std::move(routings[r - begin]);
  }
}

SegmentRouting sum_of(const std::vector<TextPiece>& pieces) {
  SegmentRouting sum = pieces[0].routing;
  double tokens = sum.length();
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const SegmentRouting& routing = pieces[i].routing;
    const double weight = routing.length();
    const double share = weight / (tokens += weight);
    for (std::size_t layer = 0; layer < sum.tokens.size(); ++layer) {
      sum.entropy[layer] += share * (routing.entropy[layer] - sum.entropy[layer]);
      for (std::size_t e = 0; e < sum.tokens[layer].size(); ++e) {
        sum.tokens[layer][e] += routing.tokens[layer][e];
        sum.probability[layer][e] += share * (routing.probability[layer][e] - sum.probability[layer][e]);
      }
    }
    sum.units += routing.units;
  }
  return sum;
}

std::string expert_name(const LoadedModel& loaded, std::size_t expert) {
  return expert < loaded.state.labels.size() ? loaded.state.labels[expert]
                                             : "expert " + std::to_string(expert);
}

/// The expert of most tokens; the more probable of equals.
std::size_t chosen(const SegmentRouting& routing, std::size_t layer) {
  std::size_t best = 0;
  for (std::size_t e = 1; e < routing.tokens[layer].size(); ++e) {
    const auto key = [&](std::size_t expert) {
      return std::pair(routing.tokens[layer][expert], routing.probability[layer][expert]);
    };
    if (key(e) > key(best)) best = e;
  }
  return best;
}

io::Json layers_json(const SegmentRouting& routing, const LoadedModel& loaded) {
  io::Json layers = io::Json::array();
  for (std::size_t layer = 0; layer < routing.tokens.size(); ++layer) {
    io::Json probabilities = io::Json::object();
    io::Json shares = io::Json::object();
    for (std::size_t e = 0; e < routing.tokens[layer].size(); ++e) {
      probabilities[expert_name(loaded, e)] = routing.probability[layer][e];
      shares[expert_name(loaded, e)] = static_cast<double>(routing.tokens[layer][e]) / routing.length();
    }
    layers.push_back({{"layer", loaded.state.config.moe_layers[layer]},
                      {"expert", expert_name(loaded, chosen(routing, layer))},
                      {"probability", routing.probability[layer][chosen(routing, layer)]},
                      {"entropy", routing.entropy[layer]},
                      {"probabilities", probabilities},
                      {"token_shares", shares}});
  }
  return layers;
}

}  // namespace

TextRouting route_text(const LoadedModel& loaded, const std::string& name, const std::string& path,
                       const std::string& text) {
  const Ids header = tokens::encode_header(loaded.tokenizer, tokens::visible_header(path, text));
  const Ids ids = loaded.tokenizer.encode(text);
  const std::size_t room = static_cast<std::size_t>(loaded.state.row_tokens) - header.size() - 1;
  TextRouting routing{.name = name};
  std::vector<Ids> rows;
  std::size_t byte = 0;
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < ids.size(); begin += room) {
    const std::size_t end = std::min(ids.size(), begin + room);
    Ids row = header;
    TextPiece piece{.begin = byte, .first_line = line};
    for (std::size_t i = begin; i < end; ++i) {
      row.push_back(ids[i]);
      byte += loaded.tokenizer.bytes(ids[i]).size();
    }
    row.push_back(tokens::kEndId);
    const auto newlines = [&](std::size_t to) {
      return static_cast<std::size_t>(std::count(text.data() + piece.begin, text.data() + to, '\n'));
    };
    piece.end = byte;
    piece.last_line = line + newlines(byte - 1);
    line += newlines(byte);
    rows.push_back(std::move(row));
    routing.pieces.push_back(std::move(piece));
  }
  route_pieces(loaded, rows, header.size(), routing.pieces);
  routing.whole = sum_of(routing.pieces);
  return routing;
}

io::Json to_json(const TextRouting& routing, const LoadedModel& loaded) {
  io::Json pieces = io::Json::array();
  for (const TextPiece& piece : routing.pieces) {
    pieces.push_back({{"bytes", {piece.begin, piece.end}},
                      {"lines", {piece.first_line, piece.last_line}},
                      {"tokens", piece.routing.length()},
                      {"layers", layers_json(piece.routing, loaded)}});
  }
  return {{"name", routing.name},
          {"tokens", routing.whole.length()},
          {"layers", layers_json(routing.whole, loaded)},
          {"pieces", pieces}};
}

std::string text_routing_table(const TextRouting& routing, const LoadedModel& loaded) {
  std::vector<std::string> head = {"lines", "tokens"};
  for (const std::int64_t layer : loaded.state.config.moe_layers)
    head.push_back("layer " + std::to_string(layer));
  TextTable table(head);
  const auto add = [&](const std::string& lines, const SegmentRouting& of) {
    std::vector<std::string> row = {lines, std::to_string(of.length())};
    for (std::size_t layer = 0; layer < of.tokens.size(); ++layer) {
      const std::size_t expert = chosen(of, layer);
      row.push_back(
          fmt::format("{} {:.0f}%", expert_name(loaded, expert), 100 * of.probability[layer][expert]));
    }
    table.add(row);
  };
  for (const TextPiece& piece : routing.pieces)
    add(fmt::format("{}-{}", piece.first_line, piece.last_line), piece.routing);
  if (routing.pieces.size() > 1) add("all", routing.whole);
  return routing.name + "\n" + table.text();
}

}  // namespace palimpsest::evaluate
