#!/usr/bin/env bash
# SIGKILL at random moments of build and merge, then the same command again: the output is that of a run that was never
# killed. Then a full disk: one clear line, exit code 4, nothing published.
#   shard_kill_test.sh SHARD TOKENIZE WRITE_SAMPLE_DOCUMENTS
set -uo pipefail
shard=$1 tokenize=$2 write_sample_documents=$3
. "$(cd "$(dirname "$0")" && pwd)/expect.sh"
rounds=50
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

"$write_sample_documents" documents 24 150 1 >/dev/null || fail 'no documents'
expect 0 'tokenize train: ' "$tokenize" train --documents documents --vocab-size 500 --min-repos 2 --out tokenizer
build=("$shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --shard-text-bytes 300000 --threads 2)
expect 0 'shard build: ' "${build[@]}" --out reference
for task in 0 1; do expect 0 'shard build: ' "${build[@]}" --task $task --of 2 --out part-$task; done
merge=("$shard" merge part-0 part-1)

milliseconds() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  echo $(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
}

# kill_rounds NAME ROUNDS COMMAND...: a kill somewhere in the run, looks at what is left, runs again.
kill_rounds() {
  local name=$1 count=$2 killed=0 whole process round delay
  shift 2
  whole=$(milliseconds "$@" --out "timed-$name")
  for ((round = 1; round <= count; round++)); do
    "$@" --out out >/dev/null 2>&1 &
    process=$!
    delay=$((RANDOM * whole / 32768))
    sleep "$((delay / 1000)).$(printf '%03d' $((delay % 1000)))"
    kill -KILL "$process" 2>/dev/null
    wait "$process" 2>/dev/null
    [ $? = 137 ] && killed=$((killed + 1))
    if [ -e out/manifest.json ]; then expect 0 'all good' "$shard" verify out; fi
    expect 0 "shard $name: " "$@" --out out
    diff -r --exclude=.lock reference out >/dev/null || fail "$name, round $round: other bytes after SIGKILL"
    [ "$(find out -name '.*' ! -name .lock | wc -l)" = 0 ] || fail "$name, round $round: leftovers in out"
    rm -rf out
  done
  [ "$killed" -ge $((count / 5)) ] || fail "$name: only $killed of $count runs were killed"
  echo "$name: $killed of $count runs were killed, $whole ms each"
}

RANDOM=7
kill_rounds build $rounds "${build[@]}"
kill_rounds merge 10 "${merge[@]}"

# A full disk needs a small file system, and that needs root.
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=300k tmpfs small 2>/dev/null; then
  for command in build merge; do
    case $command in build) arguments=("${build[@]}") ;; merge) arguments=("${merge[@]}") ;; esac
    expect 4 'No space left on device' "${arguments[@]}" --out small/out
    [ ! -e small/out/manifest.json ] || fail "$command on a full disk left a manifest"
    [ "$(find small/out -type f ! -name .lock | wc -l)" = 0 ] || fail "$command on a full disk left files"
    rm -rf small/out
  done
  echo 'full disk: tested'
else
  echo 'full disk: skipped, no small file system can be mounted'
fi
finish
