// What fuzz targets are made of: run_one(), defined once by each target, and checks that end the process.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace palimpsest::fuzz {

/// Defined by each target. Returns on every input; a finding aborts.
void run_one(std::string_view input);

/// Ends the process with a finding that libFuzzer and ctest report.
[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "fuzz: %s\n", what.c_str());
  std::abort();
}

inline void check(bool holds, const char* what) {
  if (!holds) fail(what);
}

/// True when `parse` takes the input, false when it refuses it as damaged. Anything else is a finding:
/// another exception, or an error that blames the environment or ourselves.
template <typename Parse>
bool accepts(Parse parse) {
  try {
    parse();
    return true;
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::kBadData && error.code() != base::ErrorCode::kUsage)
      fail(std::string("not a complaint about the input: ") + error.what());
    return false;
  } catch (const std::exception& error) {
    fail(std::string("exception: ") + error.what());
  }
}

/// Numbers and strings taken off the front of an input; zeros and empty strings behind its end.
class Input {
 public:
  explicit Input(std::string_view bytes) : left_(bytes) {}

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  /// In [0, bound), bound <= 65536.
  std::size_t below(std::size_t bound) {
    const std::size_t high = byte();
    return (high << 8 | byte()) % bound;
  }

  std::string_view take(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest() { return take(left_.size()); }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

/// The input as text in UTF-8: itself, or each of its bytes as a code point of Latin-1.
std::string as_utf8(std::string_view input);

}  // namespace palimpsest::fuzz
