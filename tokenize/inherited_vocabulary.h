// `--extend`: the merges of another byte-level BPE vocabulary, as the beginning of one of ours.
#pragma once

#include <filesystem>
#include <string>

#include "common/tokens/vocabulary.h"

namespace palimpsest::tokenize {

/// Reads tokenizer.json (or the one in a directory) of any Hugging Face ByteLevel BPE, and appends its merges
/// in order to base_vocabulary(pattern) until that has `max_entries`. Ids, special tokens and patterns of the
/// other vocabulary are not taken over. Throws Error{kEnvironment} (missing) or Error{kBadData} that names
/// the field: not JSON, no BPE, no merges, a merge of tokens that no merge before it makes, a special token.
tokens::Vocabulary inherit_vocabulary(const std::filesystem::path& tokenizer, std::string pattern,
                                      std::size_t max_entries);

/// `path`, or the tokenizer.json in it when it is a directory.
std::filesystem::path tokenizer_file(const std::filesystem::path& path);

}  // namespace palimpsest::tokenize
