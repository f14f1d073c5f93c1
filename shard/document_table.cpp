#include "shard/document_table.h"

#include <unordered_map>

#include "common/base/error.h"
#include "common/base/hash.h"
#include "common/base/signals.h"

namespace palimpsest::shard {
namespace {

/// Numbers names in order of first occurrence.
class Numbering {
 public:
  explicit Numbering(std::vector<std::string>& names) : names_(names) {}

  std::uint32_t of(const std::string& name) {
    const auto [found, added] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (added) names_.push_back(name);
    return found->second;
  }

 private:
  std::vector<std::string>& names_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace

DocumentTable read_document_table(const std::filesystem::path& documents) {
  DocumentTable table;
  Numbering repos(table.repos);
  Numbering labels(table.labels);
  io::for_each_document(documents, [&](const io::Document& document) {
    base::throw_if_stopped();
    table.contents.add(document);
    table.documents.push_back({.repo = repos.of(document.repo),
                               .label = labels.of(document.framework.label),
                               .bytes = document.text.size(),
                               .hash = base::hash64(document.id)});
  });
  if (table.contents.bytes().empty()) {
    throw base::Error(base::ErrorCode::kBadData, "no documents with text",
                      {.where = documents.string(), .hint = "give ingest more sources"});
  }
  return table;
}

}  // namespace palimpsest::shard
