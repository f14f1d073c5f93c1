#!/usr/bin/env bash
# The command line of `evaluate make-tasks` and `evaluate bench` without a model: results, no-ops, any number of threads, a
# kill, bad input; exit codes and one clear line for each mistake.
#   bench_test.sh BENCH_CLI WRITE_SAMPLE_DOCUMENTS
set -uo pipefail
bench=$1 write_sample_documents=$2
. "$(cd "$(dirname "$0")" && pwd)/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$write_sample_documents" documents 12 20 1 >/dev/null || fail 'no documents'
make=("$bench" make-tasks documents --per-family 40)
for result in 'evaluate make-tasks: [0-9]+ tasks' 'up to date'; do expect 0 "$result" "${make[@]}" -o tasks.jsonl; done
expect 0 'tasks' "${make[@]}" -j 1 -o again.jsonl
expect_same_file tasks.jsonl again.jsonl
expect 2 'overwrite' "${make[@]}" --seed 2 -o tasks.jsonl
expect 0 'tasks' "${make[@]}" --split test -o test.jsonl
jq -e -s 'length > 40 and all(.[]; .middle != "" and .prompt + .suffix != "")' tasks.jsonl >/dev/null || fail 'odd tasks'
expect 2 'no output' "$bench" make-tasks documents
expect 4 'ingest run' "$bench" make-tasks nowhere -o x.jsonl
expect 2 'per-family' "$bench" make-tasks documents --per-family 0 -o x.jsonl

run=("$bench" bench tasks.jsonl --baselines-from documents)
for result in '^canonical +all +[0-9]+ +100.0' 'up to date'; do expect 0 "$result" "${run[@]}" -o out; done
expect 0 '^ngram' "${run[@]}" -j 1 -o one
for file in result.json fills.jsonl table.txt; do expect_same_file out/$file one/$file; done
"${run[@]}" -o killed >/dev/null 2>&1 &
sleep 0.2
{ kill -9 $!; wait; } 2>/dev/null
expect 0 'evaluate bench' "${run[@]}" -o killed
expect_same_file out/result.json killed/result.json
expect 2 'overwrite' "${run[@]}" --seed 2 -o out
expect 0 '^copy' "$bench" bench tasks.jsonl -o untrained

# Tasks with tests: run in the sandbox, or refused where there is none.
{
  echo '{"name":"made_1","language":"js","prompt":"function f(a) {\n","tests":"if (f(1) !== 2) throw 1;","stop_tokens":["\nfunction "]}'
  echo '{"name":"made_2-L1","language":"js","prompt":"function f(a) {","suffix":"}","canonical_solution":"  return a + 1;","tests":"if (f(1) !== 2) throw 1;"}'
} >made_up.jsonl
"$bench" bench made_up.jsonl -o tested >tested.txt 2>&1
case $? in
  0) grep -q 'pass@1' tested.txt || fail 'no pass@1' ;;
  4) grep -q 'cannot run tests safely' tested.txt || fail 'no reason for the refusal' ;;
  *) fail "tests: $(cat tested.txt)" ;;
esac
mkdir no_tools
expect 4 'cannot run tests safely: no node in PATH; ' env PATH="$work/no_tools" "$bench" bench made_up.jsonl -o refused
expect 0 ' - *$' "$bench" bench made_up.jsonl --no-tests -o not_tested

# Bad input.
expect 4 'cannot' "$bench" bench missing.jsonl -o x
: >empty.jsonl
expect 3 'no tasks' "$bench" bench empty.jsonl -o x
echo '{"question":1}' >unknown.jsonl
expect 3 'unknown task format, got the fields question, .*unknown.jsonl:1' "$bench" bench unknown.jsonl -o x
echo '{"id":"1","kind":"line","family":"f","language":"ts","text":"abc","hole":[2,9]}' >outside.jsonl
expect 3 'hole outside the text, got \[2,9\]' "$bench" bench outside.jsonl -o x
printf '{"id":"\xff"}\n' >latin1.jsonl
expect 3 'latin1.jsonl:1' "$bench" bench latin1.jsonl -o x
head -c 100000000 /dev/zero | tr '\0' x >huge.jsonl
expect 3 'task is too long' "$bench" bench huge.jsonl -o x
head -c 2000 tasks.jsonl | head -1 >cut.jsonl
[ "$(wc -l <cut.jsonl)" = 1 ] || expect 3 'cut.jsonl:1' "$bench" bench cut.jsonl -o x
expect 2 'candidates' "$bench" bench tasks.jsonl --k 2 -o x

finish
