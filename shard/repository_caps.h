// --max-repo-tokens: which documents of large repositories are left out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/tokens/tokenizer.h"
#include "shard/document_table.h"

namespace palimpsest::shard {

struct RepositoryCap {
  std::uint64_t documents = 0;
  std::uint64_t tokens = 0;  ///< of text: headers and `<|end|>` are not counted
  std::uint64_t kept_documents = 0;
  std::uint64_t kept_tokens = 0;
};

struct CapResult {
  std::vector<bool> kept;                       ///< by document
  std::map<std::string, RepositoryCap> capped;  ///< repositories that lost documents
};

/// Keeps whole documents. `tokens` by document; those of a repository that fits may be 0. In a repository
/// with more than `cap` tokens each file label gets its part of the cap, filled in an order by hash; what is
/// left of the cap then goes to whatever still fits, in the same order. So a repository never passes the cap
/// and the choice depends on nothing but the repository itself.
CapResult cap_repositories(const DocumentTable& table, const std::vector<std::uint64_t>& tokens,
                           std::uint64_t cap);

/// Token counts by document for cap_repositories(): only those of repositories with more than `cap` bytes
/// are counted (a token has at least one byte), the others are 0. Reads the documents again if there are
/// any. Runs on the threads of the calling arena.
std::vector<std::uint64_t> count_large_repositories(const std::filesystem::path& documents,
                                                    const DocumentTable& table,
                                                    const tokens::Tokenizer& tokenizer, std::uint64_t cap);

/// {repo: {documents, tokens, kept_documents, kept_tokens}}.
io::Json to_json(const std::map<std::string, RepositoryCap>& capped);

}  // namespace palimpsest::shard
