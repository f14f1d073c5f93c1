#!/usr/bin/env bash
# layout_test.sh ROOT: the rules about where things are, checked by grep.
set -uo pipefail
cd "$1" || exit 1
failures=0
fail() { printf 'FAIL: %s\n' "$*" >&2; failures=$((failures + 1)); }

sources() { find common ingest tokenize shard train evaluate tests -name '*.h' -o -name '*.cpp'; }

# includes_of DIR PATTERN: files below DIR that include something matching PATTERN.
includes_of() { grep -rEl --include='*.h' --include='*.cpp' "^#include [<\"]($2)" "$1"; }

# Lower layers never include upper ones, stages never each other, and only common/model and above know LibTorch.
stages='ingest|tokenize|shard|train|evaluate'
forbid() { # DIR PATTERN
  local file
  for file in $(includes_of "$1" "$2"); do fail "$file must not include $2"; done
}
forbid common "($stages)/"
forbid common/base 'common/(io|tokens|model)/'
forbid common/io 'common/(tokens|model)/'
forbid common/syntax 'common/(io|tokens|model)/'
forbid common/tokens 'common/model/'
for stage in ${stages//|/ }; do
  forbid "$stage" "($(tr '|' '\n' <<<"$stages" | grep -vx "$stage" | paste -sd'|'))/"
done
for directory in common/base common/io common/syntax common/tokens ingest tokenize shard evaluate/bench evaluate/report; do
  forbid "$directory" '(ATen|c10|torch)/'
done

# One noun, one file; a name says which file is meant.
sources | grep -v '/main\.cpp$' | xargs -n1 basename | sort | uniq -d | while read -r name; do
  printf 'FAIL: two files are called %s\n' "$name" >&2
  exit 1
done || failures=$((failures + 1))

sources | while read -r file; do
  [ "$(wc -l <"$file")" -le 400 ] || { printf 'FAIL: %s has more than 400 lines\n' "$file" >&2; exit 1; }
done || failures=$((failures + 1))
for stage in ${stages//|/ }; do
  [ "$(wc -l <"$stage/main.cpp")" -le 40 ] || fail "$stage/main.cpp has more than 40 lines"
  [ -f "$stage/README.md" ] || fail "$stage has no README.md"
done

# No dead sources and no dead tests: whatever lies there is built or run. Scripts that others call are named by them.
# A fuzz target's source is named by its target.
builds=$(find . -path ./build -prune -o \( -name CMakeLists.txt -o -name '*.cmake' \) -print0 | xargs -0 cat)
sources | grep '\.cpp$' | grep -v '/main\.cpp$' | while read -r file; do
  name=$(basename "$file")
  target=${name%_fuzz.cpp}
  grep -qE "(^|[ (/])(${name//./\\.}|${target//./\\.})($|[ )\"])" <<<"$builds" ||
    { printf 'FAIL: %s is part of no target\n' "$file" >&2; exit 1; }
done || failures=$((failures + 1))
for script in tests/*/*_test.sh; do
  grep -qE "($(basename "$script")|$(basename "$script" | sed -E 's/_[a-z]+_test\.sh$//')_\\\$\{)" <<<"$builds" || fail "$script is no test"
done
for target in tests/fuzz/*_fuzz.cpp; do
  name=$(basename "$target" _fuzz.cpp)
  [ -n "$(ls -A "tests/fuzz/seeds/$name" 2>/dev/null)" ] || fail "$target has no seeds in tests/fuzz/seeds/$name"
done

# Every local link in a README leads somewhere; the README's map names every top-level folder.
for readme in README.md */README.md pipelines/*/README.md; do
  { grep -oE '\]\([^)#:]+\)' "$readme" || true; } | sed 's/^](//; s/)$//' | while read -r link; do
    [ -e "$(dirname "$readme")/$link" ] || { printf 'FAIL: %s links to missing %s\n' "$readme" "$link" >&2; exit 1; }
  done || failures=$((failures + 1))
done
for directory in */; do
  case $directory in build/ | runs/) continue ;; esac
  grep -qF "[\`$directory\`]" README.md || fail "README.md's map lacks $directory"
done

[ "$failures" = 0 ]
