// What the first reading of a documents directory keeps: enough to plan a build without the text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/tokens/repository_split.h"

namespace palimpsest::shard {

struct DocumentInfo {
  std::uint32_t repo = 0;   ///< index into DocumentTable::repos
  std::uint32_t label = 0;  ///< index into DocumentTable::labels, the label of the whole file
  std::uint64_t bytes = 0;  ///< of text
  std::uint64_t hash = 0;   ///< of the id, an order that means nothing
};

struct DocumentTable {
  std::vector<std::string> repos;       ///< in order of first occurrence
  std::vector<std::string> labels;      ///< the same, of whole files
  std::vector<DocumentInfo> documents;  ///< in input order
  tokens::RepositoryContents contents;  ///< bytes by repository and label of chunks
};

/// Throws Error{kEnvironment} or Error{kBadData}, also when there is no text at all.
DocumentTable read_document_table(const std::filesystem::path& documents);

}  // namespace palimpsest::shard
