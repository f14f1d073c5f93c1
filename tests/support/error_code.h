// Which error a piece of work ends with.
#pragma once

#include <optional>

#include "common/base/error.h"

namespace palimpsest::test {

/// The code of the Error that `work` throws, nullopt when it throws none.
template <typename Work>
std::optional<base::ErrorCode> code_of(Work work) {
  try {
    work();
  } catch (const base::Error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace palimpsest::test
