// What a superword is, and how many words a token has: pure functions of a token's bytes.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/tokens/pre_tokenizer.h"

namespace palimpsest::tokenize {

/// A letter, a digit, `_`, `$` or a byte of a non-ASCII character.
bool is_word_byte(char c);

/// Identifier-like words: runs of word bytes.
std::size_t count_words(std::string_view bytes);

/// `bytes` without a UTF-8 character that begins before it or ends behind it.
std::string_view whole_characters(std::string_view bytes);

/// Whether a token spans more than one stage-1 pre-token. `stage1` is the preset's stage-1 pattern.
bool is_superword(const tokens::PreTokenizer& stage1, std::string_view bytes);

}  // namespace palimpsest::tokenize
