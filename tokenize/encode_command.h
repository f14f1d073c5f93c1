// `tokenize encode` and `tokenize decode`: text to ids and back, between stdin and stdout.
#pragma once

#include <cstdio>
#include <filesystem>

#include "common/tokens/tokenizer.h"

namespace palimpsest::base {
class Stage;
}

namespace palimpsest::tokenize {

struct EncodeOptions {
  std::filesystem::path tokenizer;  ///< directory with tokenizer.json, or that file
  bool lines = false;               ///< encode each input line on its own, without its newline
};

void add_encode_command(base::Stage& stage);
void add_decode_command(base::Stage& stage);

/// Loads DIR/tokenizer.json, or the file itself. Throws Error{kUsage} on an empty path.
tokens::Tokenizer load_tokenizer(const std::filesystem::path& path);

/// One JSON array of ids for the whole input, or one per line. Throws Error{kBadData} when it is not UTF-8.
void encode_stream(const tokens::Tokenizer& tokenizer, bool lines, std::FILE* input, std::FILE* output);

/// The text of all arrays, joined. Throws Error{kBadData} that names the line.
void decode_stream(const tokens::Tokenizer& tokenizer, std::FILE* input, std::FILE* output);

}  // namespace palimpsest::tokenize
