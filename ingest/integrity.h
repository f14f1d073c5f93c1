// Subresource Integrity digests, as npm writes them: `sha512-` and base64.
#pragma once

#include <string>
#include <string_view>

namespace palimpsest::ingest {

std::string sha512_integrity(std::string_view bytes);

/// Throws Error{kBadData} that names `where` when the digest of `bytes` is not `expected`.
void verify_integrity(std::string_view bytes, const std::string& expected, const std::string& where);

}  // namespace palimpsest::ingest
