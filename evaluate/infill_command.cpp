#include "evaluate/infill_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <simdjson.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/options.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/model/infill.h"
#include "common/tokens/visible_header.h"
#include "evaluate/evaluation_inputs.h"
#include "evaluate/text_position.h"

namespace palimpsest::evaluate {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 16U << 20;
constexpr std::size_t kContextLines = 3;

struct InfillCommandOptions {
  std::filesystem::path file;
  std::filesystem::path model;
  std::string at;
  std::string format = "context";
  std::string device = "cpu";
  std::int64_t tokens = 0;  ///< length of the hole; 0 = as long as the replaced range
  int threads = 0;

  void validate() const {
    if (model.empty()) throw base::Error(base::ErrorCode::kUsage, "no model", {.expected = "--model DIR"});
    if (at.empty()) {
      throw base::Error(base::ErrorCode::kUsage, "no hole",
                        {.expected = "--at LINE:COL or LINE:COL-LINE:COL"});
    }
    if (tokens < 0) throw base::Error(base::ErrorCode::kUsage, "bad --tokens", {.expected = "1 or more"});
  }
};

void add_options(CLI::App& app, InfillCommandOptions& options) {
  app.add_option("file", options.file, "TypeScript file with the hole; it is not changed")->required();
  app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it");
  app.add_option("--at", options.at, "LINE:COL to insert there, LINE:COL-LINE:COL to replace that text");
  app.add_option(
      "--tokens", options.tokens,
      "Length of the fill in tokens; by default the length of the replaced text, or 8 for an insertion");
  app.add_option("--format", options.format,
                 "context: the lines around, the fill in marks; text: the fill; file: the whole file; json: "
                 "all of it")
      ->check(CLI::IsMember({"context", "text", "file", "json"}))
      ->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("-j,--threads", options.threads, "Threads; 0 = one per core")->group(base::kRunGroup);
}

std::string read_source(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > kMaxFileBytes) {
    throw base::Error(base::ErrorCode::kBadData, "file is too large",
                      {.got = std::to_string(bytes) + " bytes",
                       .expected = "at most " + std::to_string(kMaxFileBytes),
                       .where = file.string()});
  }
  std::string text = io::read_file(file);
  if (!simdjson::validate_utf8(text)) {
    throw base::Error(base::ErrorCode::kBadData, "file is not UTF-8", {.where = file.string()});
  }
  return text;
}

/// A few lines before and after the hole, the fill between marks (or in colour on a terminal).
std::string in_context(const std::string& text, TextRange hole, const std::string& fill) {
  std::size_t begin = hole.begin;
  for (std::size_t lines = 0; begin > 0; --begin) {
    if (text[begin - 1] == '\n' && ++lines > kContextLines) break;
  }
  std::size_t end = hole.end;
  for (std::size_t lines = 0; end < text.size(); ++end) {
    if (text[end] == '\n' && ++lines > kContextLines) break;
  }
  const bool colour = isatty(STDOUT_FILENO) == 1;
  return text.substr(begin, hole.begin - begin) + (colour ? "\033[1;32m" : "⟦") + fill +
         (colour ? "\033[0m" : "⟧") + text.substr(hole.end, end - hole.end) + "\n";
}

io::Json as_json(const LoadedModel& loaded, const model::InfillResult& result, const std::string& fill) {
  io::Json tokens = io::Json::array();
  for (const model::FilledToken& token : result.tokens) {
    tokens.push_back({{"text", std::string(loaded.tokenizer.bytes(token.id))},
                      {"id", token.id},
                      {"confidence", token.confidence},
                      {"order", token.order}});
  }
  io::Json experts = io::Json::object();
  for (std::size_t e = 0; e < result.expert_probs.size(); ++e) {
    experts[e < loaded.state.labels.size() ? loaded.state.labels[e] : std::to_string(e)] =
        result.expert_probs[e];
  }
  return {{"fill", fill}, {"tokens", tokens}, {"experts", experts}};
}

void log_routing(const LoadedModel& loaded, const model::InfillResult& result) {
  if (result.expert_probs.empty()) return;
  const auto best = std::max_element(result.expert_probs.begin(), result.expert_probs.end());
  const auto expert = static_cast<std::size_t>(best - result.expert_probs.begin());
  spdlog::info("router: expert {} ({}), {:.0f}% sure", expert,
               expert < loaded.state.labels.size() ? loaded.state.labels[expert] : "unlabelled", 100 * *best);
}

void run(const InfillCommandOptions& options) {
  options.validate();
  at::set_num_threads(base::thread_count({.threads = options.threads}));
  const std::string text = read_source(options.file);
  const TextRange hole = parse_text_range(options.at, text, options.file.string());
  const LoadedModel loaded = load_model_and_tokenizer(options.model, options.device);
  constexpr std::int64_t kInsertedTokens = 8;
  const std::string replaced = text.substr(hole.begin, hole.end - hole.begin);
  const auto same_length = static_cast<std::int64_t>(loaded.tokenizer.encode(replaced).size());
  const std::int64_t length = options.tokens > 0 ? options.tokens
                              : same_length > 0  ? same_length
                                                 : kInsertedTokens;
  const model::InfillResult result = model::fill_hole(
      loaded.transformer, {.header = tokens::encode_header(
                               loaded.tokenizer, tokens::visible_header(options.file.generic_string(), text)),
                           .prefix = loaded.tokenizer.encode(text.substr(0, hole.begin)),
                           .suffix = loaded.tokenizer.encode(text.substr(hole.end)),
                           .hole = length,
                           .context = loaded.state.row_tokens});
  std::string fill;
  for (const model::FilledToken& token : result.tokens) fill += loaded.tokenizer.bytes(token.id);
  log_routing(loaded, result);
  std::string output = fill + "\n";
  if (options.format == "context") output = in_context(text, hole, fill);
  if (options.format == "file") output = text.substr(0, hole.begin) + fill + text.substr(hole.end);
  if (options.format == "json") {
    output = as_json(loaded, result, fill).dump(2, ' ', false, io::Json::error_handler_t::replace) + "\n";
  }
  std::fwrite(output.data(), 1, output.size(), stdout);
}

}  // namespace

void add_infill_command(base::Stage& stage) {
  auto options = std::make_shared<InfillCommandOptions>();
  CLI::App& app =
      stage.add("infill", "Fills a hole in a file", [options](const CLI::App&) { run(*options); });
  add_options(app, *options);
}

}  // namespace palimpsest::evaluate
