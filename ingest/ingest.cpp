#include "ingest/ingest.h"

#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <tbb/global_control.h>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/progress.h"
#include "common/base/signals.h"
#include "common/io/document.h"
#include "common/io/file.h"
#include "common/io/output_directory.h"
#include "ingest/document_writer.h"
#include "ingest/report.h"
#include "ingest/source.h"
#include "ingest/source_documents.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnavailable = "unavailable";

/// Sources in the order given: lists first, then arguments.
std::vector<SourceSpec> list_sources(const IngestOptions& options, io::Manifest& plan) {
  std::vector<SourceSpec> specs;
  for (std::size_t i = 0; i < options.lists.size(); ++i) {
    const fs::path& path = options.lists[i];
    const std::string text = io::read_file(path);
    plan.inputs[fmt::format("list {}", i)] = base::sha256_hex(text);
    for (SourceSpec& spec : parse_source_list(text, path.string(), path.parent_path()))
      specs.push_back(std::move(spec));
  }
  for (const std::string& text : options.sources) specs.push_back(parse_source(text));
  return specs;
}

std::string input_role(std::size_t index, const SourceSpec& spec) {
  return fmt::format("source {:05} {}", index, spec.text());
}

/// True when every source states its own digest and the output of this very plan is there: then nothing needs
/// to be fetched to know that nothing is to be done.
bool is_done_already(const std::vector<SourceSpec>& specs, io::Manifest plan, const fs::path& out) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const std::string digest = declared_digest(specs[i]);
    if (digest.empty()) return false;
    plan.inputs[input_role(i, specs[i])] = digest;
  }
  if (!fs::exists(out / io::kManifestName)) return false;
  return io::OutputDirectory(out, std::move(plan), true).up_to_date();
}

/// Sources that failed, and how to end because of them.
class Failures {
 public:
  Failures(bool keep_going, Report& report) : keep_going_(keep_going), report_(report) {}

  void add(const SourceSpec& spec, const base::Error& error) {
    messages_.push_back(spec.text() + ": " + error.what());
    report_.add_failed(spec, error.what());
    if (error.code() != base::ErrorCode::kBadData) code_ = base::ErrorCode::kEnvironment;
    if (keep_going_) spdlog::warn("left out {}", messages_.back());
  }

  /// Throws if sources failed and the user did not ask to go on without them.
  void throw_if_any(std::size_t sources) const {
    if (messages_.empty() || keep_going_) return;
    if (messages_.size() > 1) {
      for (const std::string& message : messages_) spdlog::error("{}", message);
    }
    throw base::Error(
        code_, fmt::format("{} of {} sources failed: {}", messages_.size(), sources, messages_.front()),
        {.hint = "what was fetched is kept; --keep-going leaves such sources out"});
  }

 private:
  bool keep_going_;
  Report& report_;
  base::ErrorCode code_ = base::ErrorCode::kBadData;
  std::vector<std::string> messages_;
};

std::vector<AcquiredSource> acquire_all(const std::vector<SourceSpec>& specs, const IngestOptions& options,
                                        Failures& failures, io::Manifest& plan) {
  std::vector<AcquiredSource> sources;
  base::Progress progress("fetch", specs.size(), "sources");
  for (std::size_t i = 0; i < specs.size(); ++i) {
    base::throw_if_stopped();
    std::string& digest = plan.inputs[input_role(i, specs[i])];
    try {
      sources.push_back(acquire(specs[i], options));
      digest = sources.back().digest;
    } catch (const base::Error& error) {
      failures.add(specs[i], error);
      digest = kUnavailable;
    }
    progress.add();
  }
  return sources;
}

void write_documents(std::vector<AcquiredSource>& sources, const FrameworkTable& table,
                     const IngestOptions& options, const io::OutputDirectory& output, Failures& failures,
                     Curation& curation, Report& report) {
  DocumentWriter writer(output);
  base::Progress progress("ingest", sources.size(), "sources");
  for (AcquiredSource& source : sources) {
    base::throw_if_stopped();
    progress.set_note(source.spec.text());
    try {
      const SourceDocuments result =
          make_documents(source, read_source(source, options), table, options, curation);
      writer.write(result.documents);
      report.add(source, result);
      if (result.documents.empty()) spdlog::warn("{}: no usable TypeScript in it", source.spec.text());
    } catch (const base::Error& error) {
      failures.add(source.spec, error);
    }
    progress.add();
  }
  writer.finish();
}

void require_documents(const Report& report) {
  if (report.total().files > 0) return;
  throw base::Error(base::ErrorCode::kBadData, "no usable TypeScript in any source",
                    {.got = "skipped files: " + report.counts().at("skips").dump()});
}

}  // namespace

LoadedFrameworks load_frameworks(const fs::path& path) {
  LoadedFrameworks frameworks;
  frameworks.text = path.empty() ? std::string(built_in_frameworks()) : io::read_file(path);
  frameworks.table =
      parse_framework_table(frameworks.text, path.empty() ? "built-in frameworks.toml" : path.string());
  return frameworks;
}

RunResult run_ingest(const IngestOptions& options, const std::map<std::string, std::string>& config) {
  const LoadedFrameworks frameworks = load_frameworks(options.frameworks);
  io::Manifest plan;
  plan.stage = io::kDocumentsStage;
  plan.config = config;
  plan.inputs["frameworks"] = base::sha256_hex(frameworks.text);
  Curation curation = make_curation(options, plan);
  const std::vector<SourceSpec> specs = list_sources(options, plan);
  if (is_done_already(specs, plan, options.run.out)) {
    return {true, io::read_manifest(options.run.out, io::kDocumentsStage).counts};
  }

  Report report(frameworks.table.labels());
  Failures failures(options.keep_going, report);
  std::vector<AcquiredSource> sources = acquire_all(specs, options, failures, plan);
  failures.throw_if_any(specs.size());
  io::OutputDirectory output(options.run.out, plan, options.run.overwrite);
  if (output.up_to_date()) return {true, io::read_manifest(options.run.out, io::kDocumentsStage).counts};

  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(base::thread_count(options.run)));
  write_documents(sources, frameworks.table, options, output, failures, curation, report);
  failures.throw_if_any(specs.size());
  require_documents(report);
  io::Json full = report.full();
  full["secrets"] = curation.secrets.counts();
  io::write_json(output.partial_path("report.json"), full);
  io::write_file_atomically(output.partial_path("skipped.jsonl"), report.skipped_lines());
  write_curation(curation, output);
  const io::Json counts = report.counts();
  output.publish(counts);
  return {false, counts};
}

}  // namespace palimpsest::ingest
