#include "ingest/report.h"

#include <utility>

#include <fmt/format.h>

#include "common/base/progress.h"
#include "ingest/duplicate_index.h"

namespace palimpsest::ingest {
namespace {

io::Json to_json(const Tally& tally) {
  return {{"files", tally.files}, {"bytes", tally.bytes}, {"chunks", tally.chunks}};
}

io::Json skips_to_json(const std::map<std::string, Tally>& skips, std::uint64_t other_files) {
  io::Json json = io::Json::object();
  for (const auto& [reason, tally] : skips) json[reason] = {{"files", tally.files}, {"bytes", tally.bytes}};
  if (other_files > 0) json["not_typescript"] = {{"files", other_files}};
  return json;
}

}  // namespace

void Tally::add(const io::Document& document) {
  ++files;
  bytes += document.text.size();
  chunks += document.chunks.size();
}

Report::Report(std::vector<std::string> labels) : labels_(std::move(labels)) {
  for (const std::string& label : labels_) families_[label];
}

void Report::add_skip(const Skip& skip, const std::string& source, SourceEntry& entry) {
  for (Tally* tally : {&skips_[skip.reason], &entry.skips[skip.reason]}) {
    ++tally->files;
    tally->bytes += skip.bytes;
  }
  io::Json line = {{"source", source}, {"path", skip.path}, {"reason", skip.reason}, {"bytes", skip.bytes}};
  if (!skip.same_as.empty()) {
    line["same_as"] = skip.same_as;
    line["similarity"] = skip.similarity;
  }
  skipped_lines_ += line.dump() + "\n";
}

void Report::add(const SourceResult& result) {
  SourceEntry entry{.identity = result.identity,
                    .total = {},
                    .families = {},
                    .skips = {},
                    .other_files = result.content.other_files};
  for (const io::Document& document : result.content.documents) {
    total_.add(document);
    entry.total.add(document);
    families_[document.framework.label].add(document);
    entry.families[document.framework.label].add(document);
    licenses_[document.license.spdx.empty() ? "unknown" : document.license.spdx].add(document);
  }
  for (const Skip& skip : result.content.skips) add_skip(skip, result.source, entry);
  other_files_ += result.content.other_files;
  sources_.push_back(std::move(entry));
}

void Report::add_failed(const std::string& source, const std::string& message) {
  failed_.push_back({{"source", source}, {"error", message}});
}

io::Json Report::counts() const {
  io::Json families = io::Json::object();
  for (const std::string& label : labels_) families[label] = to_json(families_.at(label));
  std::uint64_t duplicates = 0;
  for (const char* reason : kDuplicateReasons) {
    if (const auto found = skips_.find(reason); found != skips_.end()) duplicates += found->second.files;
  }
  return {{"sources", sources_.size()},
          {"failed_sources", failed_.size()},
          {"files", total_.files},
          {"bytes", total_.bytes},
          {"chunks", total_.chunks},
          {"duplicates", duplicates},
          {"labels", labels_},
          {"families", std::move(families)},
          {"skips", skips_to_json(skips_, other_files_)}};
}

io::Json Report::full() const {
  io::Json json = counts();
  io::Json licenses = io::Json::object();
  for (const auto& [spdx, tally] : licenses_) licenses[spdx] = to_json(tally);
  json["licenses"] = std::move(licenses);
  io::Json sources = io::Json::array();
  for (const SourceEntry& entry : sources_) {
    io::Json families = io::Json::object();
    for (const auto& [label, tally] : entry.families) families[label] = to_json(tally);
    sources.push_back({{"kind", entry.identity.kind},
                       {"name", entry.identity.name},
                       {"revision", entry.identity.revision},
                       {"files", entry.total.files},
                       {"bytes", entry.total.bytes},
                       {"chunks", entry.total.chunks},
                       {"families", std::move(families)},
                       {"skips", skips_to_json(entry.skips, entry.other_files)}});
  }
  json["by_source"] = std::move(sources);
  json["failed"] = failed_;
  return json;
}

std::string summary_text(const io::Json& counts, const std::filesystem::path& out) {
  const auto number = [](const io::Json& json, const char* key) { return json.at(key).get<std::uint64_t>(); };
  std::string text =
      fmt::format("{} files, {} of text, {} chunks from {} sources ({} duplicates dropped",
                  number(counts, "files"), base::format_bytes(number(counts, "bytes")),
                  number(counts, "chunks"), number(counts, "sources"), number(counts, "duplicates"));
  if (const std::uint64_t failed = number(counts, "failed_sources"); failed > 0) {
    text += fmt::format(", {} sources FAILED", failed);
  }
  text += fmt::format(") -> {}\n", out.string());
  text += fmt::format("  {:<16}{:>8}{:>12}{:>10}\n", "family", "files", "text", "chunks");
  for (const auto& [label, tally] : counts.at("families").items()) {
    text += fmt::format("  {:<16}{:>8}{:>12}{:>10}\n", label, number(tally, "files"),
                        base::format_bytes(number(tally, "bytes")), number(tally, "chunks"));
  }
  return text;
}

std::string part_text(const io::Json& counts, const std::filesystem::path& out) {
  return fmt::format("task {} of {}, {} sources -> {}; `ingest merge` joins all tasks\n",
                     counts.at("task").get<std::uint64_t>(), counts.at("of").get<std::uint64_t>(),
                     counts.at("sources").get<std::uint64_t>(), out.string());
}

}  // namespace palimpsest::ingest
