// E-mail addresses and public IPv4 addresses in a text.
#pragma once

#include <string_view>
#include <vector>

#include "ingest/secrets.h"

namespace palimpsest::ingest {

/// Leaves out addresses that are made up (example domains, documentation networks), private networks, and
/// what only looks like an address (`icon@2x.png`, `git@host:path`, version numbers behind a slash).
std::vector<Secret> find_personal_data(std::string_view text);

/// Shannon entropy of the bytes, in bits a byte.
double entropy_bits(std::string_view text);

}  // namespace palimpsest::ingest
