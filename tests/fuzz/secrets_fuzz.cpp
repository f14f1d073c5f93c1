// Secrets: in order, without overlap; redacted texts keep their length, lines and UTF-8, and hold no
// credential.
#include <algorithm>

#include <simdjson.h>

#include "ingest/secrets.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  const std::string text = as_utf8(input);
  const std::vector<ingest::Secret> secrets = ingest::find_secrets(text);
  std::size_t end = 0;
  for (const ingest::Secret& secret : secrets) {
    check(secret.begin >= end && secret.end > secret.begin && secret.end <= text.size(), "out of order");
    end = secret.end;
  }
  std::string redacted = text;
  ingest::redact(redacted, secrets);
  check(redacted.size() == text.size(), "another length");
  check(std::count(redacted.begin(), redacted.end(), '\n') == std::count(text.begin(), text.end(), '\n'),
        "other lines");
  check(simdjson::validate_utf8(redacted.data(), redacted.size()), "no UTF-8");
}
