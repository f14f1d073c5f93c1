# Sourced by the CLI tests: running a command and saying what it should do.

failures=0

fail() { printf 'FAIL: %s\n' "$*" >&2; failures=$((failures + 1)); }

# expect EXIT PATTERN COMMAND...: runs COMMAND; its exit code and some part of its output must match.
expect() {
  local exit=$1 pattern=$2 actual=0 output
  shift 2
  output=$("$@" 2>&1) || actual=$?
  if [[ ! $actual =~ ^$exit$ ]]; then
    fail "exit $actual instead of $exit: $*"$'\n'"$output"
  elif ! grep -Eq -- "$pattern" <<<"$output"; then
    fail "output lacks /$pattern/: $*"$'\n'"$output"
  elif [ "$exit" != 0 ] && [ "$(grep -c ' error: ' <<<"$output")" != 1 ]; then
    fail "not exactly one error line: $*"$'\n'"$output"
  fi
}

expect_same_file() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

finish() {
  [ "$failures" = 0 ] || { printf '%s failure(s)\n' "$failures" >&2; exit 1; }
}
