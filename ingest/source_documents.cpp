#include "ingest/source_documents.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "common/base/hash.h"
#include "common/base/signals.h"
#include "ingest/chunker.h"
#include "ingest/content_filter.h"
#include "ingest/file_type.h"
#include "ingest/source_labels.h"
#include "ingest/syntax_facts.h"
#include "ingest/syntax_parser.h"

namespace palimpsest::ingest {
namespace {

/// A file on its way to a document; `reason` is set by the first filter that refuses it.
struct Work {
  FoundFile file;
  std::string reason;
  SyntaxFacts facts;
  Grammar grammar = Grammar::kTypeScript;
  std::vector<io::Chunk> chunks;
};

void for_each_parallel(std::vector<Work>& work, const std::function<void(Work&)>& visit) {
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, work.size(), 1), [&](const auto& range) {
    for (std::size_t i = range.begin(); i < range.end(); ++i) {
      base::throw_if_stopped();
      visit(work[i]);
    }
  });
}

void filter_by_content(Work& work) {
  if (const char* reason = content_skip_reason(work.file.text)) work.reason = reason;
}

void parse(Work& work, SyntaxParser& parser, const IngestOptions& options) {
  const std::string& text = work.file.text;
  const std::optional<SyntaxTree> tree =
      parser.parse(text, is_tsx(work.file.path) ? Grammar::kTsx : Grammar::kTypeScript);
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

/// Moves refused files from `work` to `skips`.
void take_out_refused(std::vector<Work>& work, std::vector<Skip>& skips) {
  for (const Work& item : work) {
    if (!item.reason.empty()) skips.push_back({item.file.path, item.reason, item.file.text.size()});
  }
  std::erase_if(work, [](const Work& item) { return !item.reason.empty(); });
}

void sort_by_path(std::vector<Skip>& skips) {
  std::stable_sort(skips.begin(), skips.end(), [](const Skip& a, const Skip& b) { return a.path < b.path; });
}

io::License license_of(const Work& work, const PackageTree& packages) {
  if (const std::string_view header = spdx_header(work.file.text); !header.empty()) {
    return {std::string(header), "header"};
  }
  if (std::string stated = packages.license(work.file.path); !stated.empty())
    return {std::move(stated), "package"};
  return {"", "none"};
}

std::string document_id(const io::Source& source, const Work& work) {
  std::string identity;
  for (const std::string* part : {&source.kind, &source.name, &source.revision, &work.file.path}) {
    identity.append(*part).push_back('\0');
  }
  return base::hash128_hex(identity + work.file.text);
}

io::Document make_document(const AcquiredSource& source, Work& work, io::Framework framework,
                           const PackageTree& packages) {
  io::Document document{.id = document_id(source.identity, work),
                        .source = source.identity,
                        .repo = work.file.repo.empty() ? source.repo : work.file.repo,
                        .path = work.file.path,
                        .blob = work.file.blob.empty() ? base::sha256_hex(work.file.text) : work.file.blob,
                        .language = language_name(work.grammar),
                        .license = license_of(work, packages),
                        .framework = std::move(framework),
                        .text = std::move(work.file.text),
                        .chunks = std::move(work.chunks)};
  for (io::Chunk& chunk : document.chunks) chunk.framework = document.framework.label;
  return document;
}

}  // namespace

SourceDocuments make_documents(const AcquiredSource& source, SourceFiles files, const FrameworkTable& table,
                               const IngestOptions& options) {
  SourceDocuments result{.documents = {}, .skips = std::move(files.skips), .other_files = files.other_files};
  std::vector<Work> work;
  for (FoundFile& file : files.files) work.push_back({.file = std::move(file)});

  for_each_parallel(work, &filter_by_content);
  take_out_refused(work, result.skips);
  tbb::enumerable_thread_specific<SyntaxParser> parsers;
  for_each_parallel(work, [&](Work& item) { parse(item, parsers.local(), options); });
  take_out_refused(work, result.skips);

  std::vector<FactFile> facts;
  for (const Work& item : work) facts.push_back({item.file.path, &item.facts});
  std::vector<io::Framework> frameworks = label_source(table, files.packages, facts);
  for (std::size_t i = 0; i < work.size(); ++i) {
    result.documents.push_back(make_document(source, work[i], std::move(frameworks[i]), files.packages));
  }
  sort_by_path(result.skips);
  return result;
}

void drop_duplicates(SourceDocuments& documents, const std::string& source, SeenTexts& seen) {
  std::vector<io::Document> kept;
  for (io::Document& document : documents.documents) {
    const auto [first, is_new] =
        seen.try_emplace(base::hash128_hex(document.text), source + ":" + document.path);
    if (is_new) {
      kept.push_back(std::move(document));
    } else {
      documents.skips.push_back({document.path, "duplicate of " + first->second, document.text.size()});
    }
  }
  documents.documents = std::move(kept);
  sort_by_path(documents.skips);
}

}  // namespace palimpsest::ingest
