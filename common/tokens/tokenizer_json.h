// tokenizer.json and its companions in the Hugging Face format, written and read.
#pragma once

#include <string>
#include <string_view>

#include "common/tokens/vocabulary.h"

namespace palimpsest::tokens {

inline constexpr const char* kTokenizerFile = "tokenizer.json";
inline constexpr const char* kTokenizerConfigFile = "tokenizer_config.json";
inline constexpr const char* kSpecialTokensMapFile = "special_tokens_map.json";

/// Deterministic: equal vocabularies give equal bytes.
std::string to_tokenizer_json(const Vocabulary& vocabulary);

/// Reads what to_tokenizer_json() writes, and what Hugging Face makes of it when it saves it again (merges as
/// pairs or as strings). Throws Error{kBadData} that names `where` and the field: merges missing or unknown,
/// ids duplicate or not contiguous, too many entries, specials not at the lowest ids, a missing byte symbol,
/// parts that we do not apply.
Vocabulary parse_tokenizer_json(std::string_view json, const std::string& where);

/// For `transformers`. Texts that spell a special token stay data (split_special_tokens).
std::string tokenizer_config_json();
std::string special_tokens_map_json();

}  // namespace palimpsest::tokens
