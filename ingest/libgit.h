// What every use of libgit2 here needs: initialisation and errors.
#pragma once

#include <string>

#include "common/base/error.h"

namespace palimpsest::ingest {

/// Must come before any call of libgit2. The user's and the system's configuration are not read: libgit2
/// only reads repositories here, and the result must not depend on them.
void set_up_libgit2();

/// Throws Error{code} with libgit2's message when `status` is an error code.
void check_git(int status, const std::string& what, const std::string& where,
               base::ErrorCode code = base::ErrorCode::kEnvironment);

}  // namespace palimpsest::ingest
