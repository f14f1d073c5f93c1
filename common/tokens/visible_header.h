// The visible header: conditioning text in front of a segment, always known in use (path and imports of the
// file).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/tokens/special_tokens.h"

namespace palimpsest::tokens {

class Tokenizer;

/// Most header tokens in front of a segment.
inline constexpr std::size_t kMaxHeaderTokens = 48;

/// Module names that a TypeScript text imports (`from 'x'`, `import 'x'`, `require('x')`, `import('x')`), in
/// order of first occurrence, relative ones left out. Lexical and tolerant: it also works on a file that does
/// not parse.
std::vector<std::string> imported_modules(std::string_view text);

/// "// src/users/users.service.ts: @nestjs/common typeorm\n": the last three path parts, then the modules.
std::string visible_header(std::string_view path, std::string_view text);

/// The ids of a header, cut to kMaxHeaderTokens.
std::vector<TokenId> encode_header(const Tokenizer& tokenizer, std::string_view header);

}  // namespace palimpsest::tokens
