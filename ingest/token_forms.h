// Access tokens by the prefixes that their issuers give them.
#pragma once

#include <cstddef>
#include <string_view>

namespace palimpsest::ingest {

/// End of the token that begins at `at`, or `at` if there is none. A token is a known prefix and a body of
/// the length and alphabet that its issuer uses, random enough to be no example and no name. Thread-safe.
std::size_t match_token(std::string_view text, std::size_t at);

/// Bytes at which a token may begin.
bool may_start_token(char c);

/// Letters, digits, `_` and `-`.
bool is_token_char(char c);

}  // namespace palimpsest::ingest
