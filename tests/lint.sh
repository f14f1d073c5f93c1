#!/usr/bin/env bash
# Format and static checks that CI does not run: clang-format on every source, clang-tidy on those given or changed.
#
#   tests/lint.sh             format of all sources, clang-tidy on what differs from main's last commit
#   tests/lint.sh FILE...     clang-tidy on these
#   tests/lint.sh --all       clang-tidy on every source (half an hour)
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in clang-format clang-tidy; do
  command -v $tool >/dev/null || { echo "lint: no $tool; run: apt-get install clang-format clang-tidy" >&2; exit 4; }
done
[ -f build/dev/compile_commands.json ] || { echo "lint: run tests/run.sh first" >&2; exit 4; }

git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run -Werror
case "${1:-}" in
  --all) mapfile -t files < <(git ls-files '*.cpp') ;;
  '') mapfile -t files < <(git diff --name-only HEAD -- '*.cpp') ;;
  *) files=("$@") ;;
esac
[ ${#files[@]} = 0 ] && exit
# Clang cannot read GCC's precompiled header, and no source needs it.
mkdir -p build/dev/tidy
sed 's| -include [^ ]*cmake_pch.hxx||' build/dev/compile_commands.json >build/dev/tidy/compile_commands.json
clang-tidy -p build/dev/tidy --quiet "${files[@]}"
