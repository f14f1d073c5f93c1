// Speed of what ingest does to one file, on the files of a documents directory:
// ingest_content_bench DOCUMENTS. Prints the share of bare parsing that the whole costs, and MB/s of
// sketches.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io/document.h"
#include "ingest/chunker.h"
#include "ingest/content_filter.h"
#include "ingest/fingerprint.h"
#include "ingest/ingest.h"
#include "ingest/secrets.h"
#include "ingest/source_labels.h"
#include "ingest/syntax_facts.h"
#include "ingest/text_shape.h"

namespace palimpsest::ingest {
namespace {

constexpr std::size_t kMostFiles = 3'000;

std::vector<io::Document>& documents() {
  static std::vector<io::Document> all;
  return all;
}

syntax::Grammar grammar_of(const io::Document& document) {
  return document.language == "tsx" ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript;
}

void count_bytes(benchmark::State& state) {
  std::int64_t bytes = 0;
  for (const io::Document& document : documents()) bytes += static_cast<std::int64_t>(document.text.size());
  state.SetBytesProcessed(bytes * static_cast<std::int64_t>(state.iterations()));
}

void bare_parse() {
  const base::Handle<TSParser, ts_parser_delete> parser(ts_parser_new());
  for (const io::Document& document : documents()) {
    ts_parser_set_language(parser.get(), language(grammar_of(document)));
    const base::Handle<TSTree, ts_tree_delete> tree(ts_parser_parse_string(
        parser.get(), nullptr, document.text.data(), static_cast<std::uint32_t>(document.text.size())));
    benchmark::DoNotOptimize(tree.get());
  }
}

/// CPU seconds by what they were spent on.
using Phases = std::map<std::string, double>;

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <typename Work>
auto timed(Phases* phases, const char* name, Work work) {
  if (phases == nullptr) return work();
  const double start = cpu_seconds();
  auto result = work();
  (*phases)[name] += cpu_seconds() - start;
  return result;
}

/// What `ingest run` does to a file between reading and deduplication.
void whole(const FrameworkTable& table, Phases* phases = nullptr) {
  syntax::SyntaxParser parser;
  std::vector<SyntaxFacts> facts(documents().size());
  std::vector<FactFile> files;
  for (std::size_t i = 0; i < documents().size(); ++i) {
    const io::Document& document = documents()[i];
    const std::string& text = document.text;
    benchmark::DoNotOptimize(timed(phases, "content", [&] { return content_skip_reason(text); }));
    benchmark::DoNotOptimize(timed(phases, "shape", [&] { return text_shape_reason(text, {}); }));
    benchmark::DoNotOptimize(timed(phases, "secrets", [&] { return find_secrets(text); }));
    const auto tree = timed(phases, "parse", [&] { return parser.parse(text, grammar_of(document)); });
    if (!tree) continue;
    facts[i] = timed(phases, "facts", [&] { return collect_facts(text, *tree); });
    benchmark::DoNotOptimize(timed(phases, "chunks", [&] { return chunk_text(text, *tree, 1500); }));
    files.push_back({document.path, &facts[i]});
  }
  benchmark::DoNotOptimize(timed(phases, "labels", [&] { return label_source(table, {}, files); }));
}

void bm_bare_parse(benchmark::State& state) {
  for (auto _ : state) bare_parse();
  count_bytes(state);
}

void bm_parse_chunk_label_filter(benchmark::State& state) {
  const LoadedFrameworks frameworks = load_frameworks({});
  for (auto _ : state) whole(frameworks.table);
  count_bytes(state);
}

template <typename Work>
void bm_each_text(benchmark::State& state, Work work) {
  for (auto _ : state) {
    for (const io::Document& document : documents()) work(document.text);
  }
  count_bytes(state);
}

/// In a process of its own, because the parser of ingest replaces tree-sitter's allocator for good.
template <typename Work>
double seconds_in_child(Work work) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    const double start = cpu_seconds();
    work();
    const double spent = cpu_seconds() - start;
    _exit(write(ends[1], &spent, sizeof spent) == sizeof spent ? 0 : 1);
  }
  double spent = 0;
  if (child < 0 || read(ends[0], &spent, sizeof spent) != sizeof spent) std::abort();
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return spent;
}

void print_ratio() {
  const LoadedFrameworks frameworks = load_frameworks({});
  double bare = 0;
  double all = 0;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {  // by turns, so that other load meets both
    bare += seconds_in_child(&bare_parse);
    all += seconds_in_child([&] { whole(frameworks.table); });
  }
  std::printf("bare parse %.2f s, parse + chunk + label + filter %.2f s: ratio %.2f\n", bare / kRounds,
              all / kRounds, bare / all);
  Phases phases;
  whole(frameworks.table, &phases);
  for (const auto& [name, spent] : phases) std::printf("  %-8s %.3f s\n", name.c_str(), spent);
}

}  // namespace
}  // namespace palimpsest::ingest

int main(int argc, char** argv) {
  using namespace palimpsest;
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: ingest_content_bench DOCUMENTS [--benchmark_...]\n");
    return 2;
  }
  io::for_each_document(argv[1], [](io::Document&& document) {
    if (ingest::documents().size() < ingest::kMostFiles) ingest::documents().push_back(std::move(document));
  });
  ingest::print_ratio();
  benchmark::RegisterBenchmark("bare_parse", &ingest::bm_bare_parse);
  benchmark::RegisterBenchmark("parse_chunk_label_filter", &ingest::bm_parse_chunk_label_filter);
  const auto add = [](const char* name, auto work) {
    benchmark::RegisterBenchmark(name,
                                 [work](benchmark::State& state) { ingest::bm_each_text(state, work); });
  };
  add("near_duplicate_sketch", [](const std::string& text) {
    benchmark::DoNotOptimize(ingest::sketch_of(ingest::shingle_hashes(text)));
  });
  add("find_secrets", [](const std::string& text) { benchmark::DoNotOptimize(ingest::find_secrets(text)); });
  add("text_shape",
      [](const std::string& text) { benchmark::DoNotOptimize(ingest::text_shape_reason(text, {})); });
  benchmark::RunSpecifiedBenchmarks();
}
