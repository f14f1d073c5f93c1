// Access tokens by the prefixes that their issuers give them.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace palimpsest::ingest {

/// End of the token that begins at `at`, or `at` if there is none. A token is a known prefix and a body of
/// the length and alphabet that its issuer uses, random enough to be no example and no name. Thread-safe.
std::size_t match_token(std::string_view text, std::size_t at);

/// Visits the prefixes that match_token() looks for; each has two characters or more.
void for_each_token_prefix(const std::function<void(std::string_view)>& visit);

/// Letters, digits, `_` and `-`.
bool is_token_char(char c);

}  // namespace palimpsest::ingest
