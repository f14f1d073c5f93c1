// The one failure type that ends a stage, and the exit codes of every Palimpsest executable.
#pragma once

#include <exception>
#include <string>

namespace palimpsest::base {

/// Exit code of the process that ends with this error. 0 is success; 128 + N is "stopped by signal N".
enum class ErrorCode {
  kUsage = 2,        ///< wrong flags, or a refusal that a flag can lift
  kBadData = 3,      ///< input exists but is damaged or does not fit
  kEnvironment = 4,  ///< missing file, disk full, network, missing device
  kBug = 5,          ///< a broken invariant of our own
};

/// What the user needs to act on an error. Empty fields are left out of the message.
struct ErrorContext {
  std::string got = {};       ///< the offending value
  std::string expected = {};  ///< what would have been right
  std::string where = {};     ///< FILE or FILE@OFFSET
  std::string hint = {};      ///< what to do about it
};

/// Thrown by library code; turned into one line on stderr and an exit code by run_stage().
/// Rendered as `message, got X, expected Y, in WHERE; hint`.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, const ErrorContext& context = {});

  ErrorCode code() const { return code_; }
  const char* what() const noexcept override { return rendered_.c_str(); }

 private:
  ErrorCode code_;
  std::string rendered_;
};

/// Error{kEnvironment} that ends with strerror(errno); call it before anything else changes errno.
Error errno_error(const std::string& message, const std::string& where);

/// Thrown at a safe point after SIGINT or SIGTERM; the process exits with 128 + signal.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const { return signal_; }
  const char* what() const noexcept override { return "interrupted by a signal"; }

 private:
  int signal_;
};

}  // namespace palimpsest::base
