// Logins in URLs (`https://user:password@host/`): kept out of messages, records and process lists.
#pragma once

#include <string>
#include <string_view>

namespace palimpsest::base {

/// The URL without `user:password@`; anything else as it is.
std::string without_login(std::string_view url);

/// A message without the logins of the URLs in it; a URL ends at white space or a quote.
std::string without_logins(std::string_view message);

/// Overwrites the logins of URLs in a program's own arguments, which the process list shows. argv[0..argc) is
/// what main() got; nothing else may read them at that time.
void blank_logins(int argc, char** argv);

}  // namespace palimpsest::base
