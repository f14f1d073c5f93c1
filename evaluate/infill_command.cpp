#include "evaluate/infill_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <ATen/Parallel.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <tbb/global_control.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/options.h"
#include "evaluate/infill/hole_source.h"
#include "evaluate/infill/infill_output.h"
#include "evaluate/infill/watch_view.h"
#include "evaluate/model_infiller.h"

namespace palimpsest::evaluate {
namespace {

struct InfillCommandOptions {
  infill::HoleSource source;
  infill::InfillFlags flags;
  std::filesystem::path model;
  std::string format = "context";
  std::string device = "cpu";
  bool watch = false;
  bool any_syntax = false;
  int threads = 0;
};

void add_options(CLI::App& app, InfillCommandOptions& options) {
  app.add_option("file", options.source.file,
                 "TypeScript file with holes, - for standard input; it is not changed")
      ->required();
  app.add_option("--model", options.model, "Output directory of `train run`, or a step-N inside it")
      ->required();
  app.add_option(
      "--at,--range", options.source.at,
      "LINE:COL to insert there, LINE:COL-LINE:COL to replace that text; may be given several times");
  app.add_option("--marker", options.source.marker, "Without --at, each of these in the text is a hole")
      ->capture_default_str();
  app.add_option("--path", options.source.path,
                 "Path that the text is read as: it tells framework and language");
  app.add_option("--candidates", options.flags.infill.candidates,
                 "Fills to choose from: fewest syntax errors, then likeliest")
      ->capture_default_str();
  app.add_flag("--any-syntax", options.any_syntax, "Choose by likelihood alone");
  app.add_option(
         "--format", options.format,
         "context: the lines around, fills in marks; text: the fills; file: the whole file; json: all of it")
      ->check(CLI::IsMember({"context", "text", "file", "json"}))
      ->capture_default_str();
  app.add_flag("--watch", options.watch, "Show on stderr how the fill appears, step by step");
  infill::add_infill_flags(app, options.flags);
  app.add_option("--seed", options.flags.infill.sampler.seed, "Equal seeds give equal fills")
      ->capture_default_str();
  app.add_option("--device", options.device, "cpu or cuda")->capture_default_str();
  app.add_option("-j,--threads", options.threads, "Threads; 0 = one per core")->group(base::kRunGroup);
}

/// 0 where the file is no terminal.
std::size_t terminal_columns(int file) {
  winsize size{};
  if (isatty(file) != 1) return 0;
  return ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void log_result(const LoadedModel& loaded, const infill::InfillResult& result) {
  if (!result.expert_probs.empty()) {
    const auto best = std::max_element(result.expert_probs.begin(), result.expert_probs.end());
    const auto expert = static_cast<std::size_t>(best - result.expert_probs.begin());
    spdlog::info("router: expert {} ({}), {:.0f}% sure", expert,
                 expert < loaded.state.labels.size() ? loaded.state.labels[expert] : "unlabelled",
                 100 * *best);
  }
  const infill::InfillCandidate& best = result.candidates.front();
  spdlog::info("{} forward passes; best of {} candidates: {} syntax errors in the file, score {:.1f} nats",
               result.forwards, result.candidates.size(), best.syntax_errors, best.score);
}

std::string formatted(const InfillCommandOptions& options, const infill::InfillRequest& request,
                      const infill::InfillResult& result, const std::vector<std::string>& labels) {
  const std::vector<infill::HoleFill>& fills = result.candidates.front().fills;
  if (options.format == "file") return splice(request, fills);
  if (options.format == "json") {
    return as_json(request, result, labels).dump(2, ' ', false, io::Json::error_handler_t::replace) + "\n";
  }
  if (options.format == "context") return in_context(request, fills, isatty(STDOUT_FILENO) == 1);
  std::string text;
  for (const infill::HoleFill& fill : fills) text += fill.text + "\n";
  return text;
}

void run(const InfillCommandOptions& options) {
  at::set_num_threads(1);  // so that fills are the same for every --threads, which share out the candidates
  const tbb::global_control threads(
      tbb::global_control::max_allowed_parallelism,
      static_cast<std::size_t>(base::thread_count({.threads = options.threads})));
  infill::InfillRequest request = read_holes(options.source);
  if (options.any_syntax) request.grammar.reset();
  const LoadedModel loaded = load_model_and_tokenizer(options.model, options.device);
  const infill::Infiller infiller = make_infiller(loaded, options.flags);
  infill::WatchView view(loaded.tokenizer, terminal_columns(STDERR_FILENO));
  model::SamplingWatcher watcher;
  if (options.watch) {
    watcher = [&](const model::MaskedText& text, const std::vector<std::size_t>& decided) {
      const std::string frame = view.frame(text, decided);
      std::fwrite(frame.data(), 1, frame.size(), stderr);
    };
  }
  const infill::InfillResult result = infiller.fill(request, watcher);
  log_result(loaded, result);
  const std::string output = formatted(options, request, result, loaded.state.labels);
  std::fwrite(output.data(), 1, output.size(), stdout);
}

}  // namespace

void add_infill_command(base::Stage& stage) {
  auto options = std::make_shared<InfillCommandOptions>();
  CLI::App& app = stage.add("infill", "Fills one or several holes of a file, of known or unknown length",
                            [options](const CLI::App&) { run(*options); });
  add_options(app, *options);
}

}  // namespace palimpsest::evaluate
