#include "evaluate/bench/bench_run.h"

#include <algorithm>
#include <utility>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "common/base/progress.h"
#include "common/base/signals.h"
#include "evaluate/bench/code_bleu.h"
#include "evaluate/bench/estimates.h"
#include "evaluate/bench/syntax_check.h"
#include "evaluate/bench/text_metrics.h"

namespace palimpsest::bench {
namespace {

std::string pass_name(std::int64_t k) {
  return "pass@" + std::to_string(k);
}

/// What one thread needs.
struct Judge {
  syntax::SyntaxParser parser;
  CodeBleuScorer code_bleu;
};

/// The lines that the hole touches, filled.
std::string filled_lines(const Hole& hole, std::string_view middle) {
  const std::size_t begin = hole.prompt.rfind('\n');
  const std::string_view before =
      std::string_view(hole.prompt).substr(begin == std::string::npos ? 0 : begin + 1);
  const std::string_view after = std::string_view(hole.suffix).substr(0, hole.suffix.find('\n'));
  return std::string(before).append(middle).append(after);
}

void compare_with_canonical(const Task& task, Judge& judge, Judgement& result) {
  result.metrics["exact"] = equal_but_for_ends(task.canonical, result.fill) ? 1 : 0;
  result.metrics["exact-raw"] = task.canonical == result.fill ? 1 : 0;
  result.metrics["edit"] = edit_similarity(task.canonical, result.fill);
  result.metrics["codebleu"] =
      judge.code_bleu
          .score(filled_lines(task.hole, task.canonical), filled_lines(task.hole, result.fill),
                 grammar_of(task.hole.language))
          .total;
}

void run_tests(const Task& task, const Fills& fills, const NodeSandbox& sandbox,
               const BenchRunOptions& options, Judgement& result) {
  const RunLanguage language =
      task.hole.language == "javascript" ? RunLanguage::kJavaScript : RunLanguage::kTypeScript;
  std::map<std::string_view, RunOutcome> known;
  std::int64_t passed = 0;
  for (const std::string& fill : fills) {
    const std::string_view middle = cut_at_stop(fill, task.stop);
    const auto [found, is_new] = known.try_emplace(middle);
    if (is_new) {
      std::string program = task.hole.prompt;
      program.append(middle).append(task.hole.suffix).append("\n").append(task.tests);
      found->second = sandbox.run(program, language).outcome;
    }
    result.outcomes.emplace_back(name_of(found->second));
    passed += found->second == RunOutcome::kPassed ? 1 : 0;
  }
  for (const std::int64_t k : options.ks) {
    result.metrics[pass_name(k)] = pass_at_k(static_cast<std::int64_t>(options.candidates), passed, k);
  }
}

Judgement judge_task(const Task& task, Fills fills, Judge& judge, const NodeSandbox* sandbox,
                     const BenchRunOptions& options) {
  fills.resize(std::clamp<std::size_t>(fills.size(), 1, options.candidates));
  Judgement result;
  result.fill = cut_at_stop(fills.front(), task.stop);
  if (task.has_canonical) compare_with_canonical(task, judge, result);
  SyntaxCheck check(judge.parser, task.hole.prompt, task.hole.suffix, task.canonical,
                    grammar_of(task.hole.language));
  result.metrics["syntax"] = check.is_valid(result.fill) ? 1 : 0;
  if (!task.tests.empty() && sandbox != nullptr) run_tests(task, fills, *sandbox, options, result);
  return result;
}

}  // namespace

std::vector<std::string> metric_names(const BenchRunOptions& options) {
  std::vector<std::string> names = {"exact", "exact-raw", "edit", "codebleu", "syntax"};
  for (const std::int64_t k : options.ks) names.push_back(pass_name(k));
  return names;
}

std::vector<Judgement> run_bench(const std::vector<Task>& tasks, const Filler& filler,
                                 const NodeSandbox* sandbox, const BenchRunOptions& options) {
  std::vector<Fills> fills = filler.fill_all(tasks, options.candidates, options.seed);
  std::vector<Judgement> judgements(tasks.size());
  tbb::enumerable_thread_specific<Judge> judges;
  base::Progress progress("bench " + filler.name(), tasks.size(), "tasks");
  tbb::parallel_for(std::size_t{0}, tasks.size(), [&](std::size_t i) {
    base::throw_if_stopped();
    judgements[i] = judge_task(tasks[i], std::move(fills[i]), judges.local(), sandbox, options);
    progress.add();
  });
  return judgements;
}

}  // namespace palimpsest::bench
