#!/usr/bin/env bash
# tidy_test.sh ROOT: the rules of .clang-tidy are on: clang-tidy finds in a bad source what each group of them is for.
#   exit 77: no clang-tidy
set -uo pipefail
command -v clang-tidy >/dev/null || { echo 'skipped: no clang-tidy'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$1/.clang-tidy" "$work/"
cat >"$work/bad.cpp" <<'CPP'
#include <string>
#include <utility>
#include <vector>

struct bad_name {
  virtual ~bad_name() = default;
  virtual int size() { return 0; }
};
struct Derived : bad_name {
  virtual int size() { return 1; }
};

int Use(std::string text, std::vector<int> numbers) {
  const std::string other = std::move(text);
  int* nothing = NULL;
  if (numbers.size() == 0) return *nothing;
  return static_cast<int>(text.size() + other.size());
}
CPP
output=$(clang-tidy --quiet "$work/bad.cpp" -- -std=c++20 2>/dev/null)
code=$?
failures=0
[ "$code" != 0 ] || { echo 'FAIL: findings are no errors' >&2; failures=1; }
for rule in bugprone-use-after-move clang-analyzer-core.NullDereference modernize-use-override modernize-use-nullptr \
  performance-unnecessary-value-param readability-identifier-naming readability-container-size-empty; do
  grep -q "$rule" <<<"$output" || { echo "FAIL: $rule finds nothing" >&2; failures=1; }
done
[ "$failures" = 0 ]
