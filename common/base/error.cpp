#include "common/base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace palimpsest::base {

Error::Error(ErrorCode code, std::string message, const ErrorContext& context)
    : code_(code), rendered_(std::move(message)) {
  if (!context.got.empty()) rendered_ += ", got " + context.got;
  if (!context.expected.empty()) rendered_ += ", expected " + context.expected;
  if (!context.where.empty()) rendered_ += ", in " + context.where;
  if (!context.hint.empty()) rendered_ += "; " + context.hint;
}

Error errno_error(const std::string& message, const std::string& where) {
  const std::string reason = std::strerror(errno);
  return {ErrorCode::kEnvironment, message + ": " + reason, {.where = where}};
}

}  // namespace palimpsest::base
