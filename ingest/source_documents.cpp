#include "ingest/source_documents.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "common/base/hash.h"
#include "common/base/signals.h"
#include "common/syntax/syntax_parser.h"
#include "ingest/chunker.h"
#include "ingest/content_filter.h"
#include "ingest/file_type.h"
#include "ingest/license_expression.h"
#include "ingest/secrets.h"
#include "ingest/source_labels.h"
#include "ingest/syntax_facts.h"

namespace palimpsest::ingest {
namespace {

/// A file on its way to a document; `reason` is set by the first filter that refuses it.
struct Work {
  FoundFile file;
  std::vector<Secret> secrets;
  std::string reason;
  std::string same_as;
  double similarity = 0;
  SyntaxFacts facts;
  syntax::Grammar grammar = syntax::Grammar::kTypeScript;
  std::vector<io::Chunk> chunks;
  double seconds = 0;
};

void for_each_parallel(std::vector<Work>& work, const std::function<void(Work&)>& visit) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, work.size(), 1), [&](const auto& range) {
    for (std::size_t i = range.begin(); i < range.end(); ++i) {
      base::throw_if_stopped();
      const auto start = std::chrono::steady_clock::now();
      visit(work[i]);
      work[i].seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
  });
}

/// Nothing moves, so it may come before chunking; deduplication comes later, because copies differ in such
/// things.
void handle_secrets(Work& work, const std::string& policy) {
  work.secrets = find_secrets(work.file.text);
  if (work.secrets.empty() || policy == "report") return;
  const bool has_credential = std::any_of(work.secrets.begin(), work.secrets.end(),
                                          [](const Secret& secret) { return is_credential(secret.kind); });
  if (policy == "drop" && has_credential) {
    work.reason = "credentials";
    return;
  }
  if (work.file.blob.empty()) work.file.blob = base::sha256_hex(work.file.text);  // of what the source holds
  redact(work.file.text, work.secrets);
}

void filter_by_content(Work& work, const IngestOptions& options) {
  if (options.drop_generated && (is_generated_path(work.file.path) || names_generator(work.file.text))) {
    work.reason = "generated";
    return;
  }
  if (const char* reason = content_skip_reason(work.file.text, options.drop_generated)) {
    work.reason = reason;
    return;
  }
  if (const char* reason = text_shape_reason(work.file.text, options.shape)) {
    work.reason = reason;
    return;
  }
  if (options.secrets != "off") handle_secrets(work, options.secrets);
}

void drop_contaminated(Work& work, const Decontamination& tasks) {
  const std::optional<Contamination> found = tasks.find(work.file.text);
  if (!found) return;
  work.reason = "contaminated";
  work.same_as = found->entry;
  work.similarity = found->share;
}

void parse(Work& work, syntax::SyntaxParser& parser, const IngestOptions& options) {
  const std::string& text = work.file.text;
  const std::optional<syntax::SyntaxTree> tree =
      parser.parse(text, is_tsx(work.file.path) ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript);
  if (!tree) {
    work.reason = "parser_gave_up";
    return;
  }
  if (static_cast<double>(tree->error_bytes) > options.max_error_share * static_cast<double>(text.size())) {
    work.reason = "syntax_errors";
    return;
  }
  work.grammar = tree->grammar;
  work.facts = collect_facts(text, *tree);
  work.chunks = chunk_text(text, *tree, options.chunk_chars);
}

/// Keeps the slowest of `times` and `time`.
void add_time(std::vector<FileTime>& times, FileTime time) {
  const auto at =
      std::upper_bound(times.begin(), times.end(), time,
                       [](const FileTime& a, const FileTime& b) { return a.seconds > b.seconds; });
  times.insert(at, std::move(time));
  if (times.size() > kSlowestFiles) times.pop_back();
}

/// Moves refused files from `work` to `result`.
void take_out_refused(std::vector<Work>& work, SourceDocuments& result) {
  for (const Work& item : work) {
    if (item.reason.empty()) continue;
    add_time(result.slowest, {item.file.path, item.seconds});
    result.skips.push_back(
        {item.file.path, item.reason, item.file.text.size(), item.same_as, item.similarity});
  }
  std::erase_if(work, [](const Work& item) { return !item.reason.empty(); });
}

void sort_by_path(std::vector<Skip>& skips) {
  std::stable_sort(skips.begin(), skips.end(), [](const Skip& a, const Skip& b) { return a.path < b.path; });
}

/// Where the licences of a source are stated.
struct LicenseEvidence {
  const PackageTree& packages;
  const LicenseFiles& files;
};

io::License license_of(const Work& work, const LicenseEvidence& evidence) {
  if (const std::string_view header = spdx_header(work.file.text); is_license_expression(header))
    return {std::string(header), "header"};
  std::string stated = evidence.packages.license(work.file.path);
  if (!stated.empty() && stated != kUnlicensed) return {std::move(stated), "package"};
  if (std::string text = evidence.files.license(work.file.path); !text.empty())
    return {std::move(text), "repository"};
  if (!stated.empty()) return {std::move(stated), "package"};
  return {"", "none"};
}

void drop_disallowed_license(Work& work, const LicenseEvidence& evidence, const LicenseList& allowed) {
  if (!work.reason.empty() || is_allowed(license_of(work, evidence).spdx, allowed)) return;
  work.reason = "license";
}

std::string document_id(const io::Source& source, const Work& work) {
  std::string identity;
  for (const std::string* part : {&source.kind, &source.name, &source.revision, &work.file.path}) {
    identity.append(*part).push_back('\0');
  }
  return base::hash128_hex(identity + work.file.text);
}

io::Document make_document(const AcquiredSource& source, Work& work, io::Framework framework,
                           const LicenseEvidence& evidence) {
  io::Document document{.id = document_id(source.identity, work),
                        .source = source.identity,
                        .repo = work.file.repo.empty() ? source.repo : work.file.repo,
                        .path = work.file.path,
                        .blob = work.file.blob.empty() ? base::sha256_hex(work.file.text) : work.file.blob,
                        .language = syntax::language_name(work.grammar),
                        .encoding = std::move(work.file.encoding),
                        .license = license_of(work, evidence),
                        .framework = std::move(framework),
                        .text = std::move(work.file.text),
                        .chunks = std::move(work.chunks)};
  for (io::Chunk& chunk : document.chunks) chunk.framework = document.framework.label;
  return document;
}

}  // namespace

SourceDocuments make_documents(const AcquiredSource& source, SourceFiles files, const FrameworkTable& table,
                               const IngestOptions& options, const Decontamination& tasks) {
  SourceDocuments result{
      .documents = {}, .skips = std::move(files.skips), .secrets = {}, .other_files = files.other_files};
  const LicenseEvidence evidence{files.packages, files.licenses};
  std::vector<Work> work;
  for (FoundFile& file : files.files) work.push_back({.file = std::move(file)});

  for_each_parallel(work, [&](Work& item) { filter_by_content(item, options); });
  if (const LicenseList allowed = parse_license_list(options.licenses); !allowed.empty()) {
    for (Work& item : work) drop_disallowed_license(item, evidence, allowed);
  }
  for (Work& item : work) {
    if (!item.secrets.empty()) result.secrets.push_back({item.file.path, std::move(item.secrets)});
  }
  take_out_refused(work, result);
  tbb::enumerable_thread_specific<syntax::SyntaxParser> parsers;
  for_each_parallel(work, [&](Work& item) { parse(item, parsers.local(), options); });
  take_out_refused(work, result);
  if (!tasks.empty()) {
    for_each_parallel(work, [&](Work& item) { drop_contaminated(item, tasks); });
    take_out_refused(work, result);
  }

  std::vector<FactFile> facts;
  facts.reserve(work.size());
  for (const Work& item : work) facts.push_back({item.file.path, &item.facts});
  std::vector<io::Framework> frameworks = label_source(table, files.packages, facts);
  for (std::size_t i = 0; i < work.size(); ++i) {
    add_time(result.slowest, {work[i].file.path, work[i].seconds});
    result.documents.push_back(make_document(source, work[i], std::move(frameworks[i]), evidence));
  }
  sort_by_path(result.skips);
  return result;
}

}  // namespace palimpsest::ingest
