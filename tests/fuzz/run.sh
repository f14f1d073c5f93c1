#!/usr/bin/env bash
# run.sh [SECONDS] [TARGET...]: builds the preset `fuzz`, runs each target for so long [60], two at a time, and prints a
# table. Inputs that crash, hang or leak are kept in build/fuzz/findings; once fixed, they go to tests/fuzz/seeds/TARGET.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
command -v clang++-19 >/dev/null && [ -e /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-x86_64.a ] ||
  { echo 'fuzz: no clang with libFuzzer; run: apt-get install clang-19 libclang-rt-19-dev' >&2; exit 4; }
build=build/fuzz
[ -f $build/build.ninja ] || { mkdir -p build && cmake --preset fuzz >build/configure-fuzz.log; } || exit 4
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd tests/fuzz && for source in *_fuzz.cpp; do echo "${source%_fuzz.cpp}"; done)
cmake --build --preset fuzz --target fuzz_seeds "${targets[@]/#/fuzz_}" >build/fuzz.log || { tail -n 40 build/fuzz.log; exit 1; }

# Leaves `seeds runs per-second edges corpus verdict` in findings/TARGET.row; the grown corpus stays for the next time.
fuzz() {
  local target=$1 folder=$build/findings/$1 corpus=$build/corpus/$1 code=0
  rm -rf "$folder"
  mkdir -p "$folder" "$corpus"
  local seeds=()
  for from in tests/fuzz/seeds/$target $build/tests/fuzz/seeds/$target; do [ ! -d "$from" ] || seeds+=("$from"); done
  ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1 "$build/test-bin/fuzz_$target" "$corpus" "${seeds[@]}" \
    -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=3000 -malloc_limit_mb=2000 -use_value_profile=0 \
    -print_final_stats=1 -artifact_prefix="$folder/" >"$folder/log" 2>&1 || code=$?
  local last
  last=$(grep -E '^#[0-9]+' "$folder/log" | tail -n 1)
  printf '%-20s %6s %10s %8s %7s %7s  %s\n' "$target" "$(find "${seeds[@]}" -type f | wc -l)" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$folder/log")" \
    "$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' <<<"$last")" "$(find "$corpus" -type f | wc -l)" \
    "$([ $code = 0 ] && echo clean || echo "$(grep -m 1 -E '^fuzz:|ERROR:|runtime error' "$folder/log" | cut -c 1-120)")" \
    | tee "$build/findings/$target.row"
  return $code
}
export -f fuzz
export seconds build
export TMPDIR=${TMPDIR:-/dev/shm}
mkdir -p $build/findings
printf '%-20s %6s %10s %8s %7s %7s  %s\n' target seeds runs runs/s features corpus verdict
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'fuzz {}'
