#!/usr/bin/env bash
# SIGKILL at random moments, then the same command again: the output is that of a run that was never killed.
#   ingest_kill_test.sh PATH-TO-INGEST        exit 77: a tool is missing, nothing was tested
set -uo pipefail
ingest=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"
command -v git >/dev/null || { echo 'skipped: no git'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

"$here/make_repositories.sh" repositories
sources=()
for folder in repositories/*; do
  name=$(basename "$folder")
  for copy in $(seq 30); do
    for file in "$folder"/src/file-*; do { echo "// copy $copy"; cat "$file"; } >"${file%/*}/copy-$copy-${file##*/}"; done
  done
  case $name in
    *-1) sources+=("dir:$folder") ;;
    *-2) tar -czf "$name.tgz" -C repositories "$name" && sources+=("tgz:$name.tgz") ;;
    *) git -C "$folder" init -q -b main && git -C "$folder" add -A &&
      git -C "$folder" -c user.name=T -c user.email=t@example.com commit -qm x && sources+=("git:file://$work/$folder") ;;
  esac
done
run() { "$ingest" run "${sources[@]}" --out "$1" --cache "$2" --threads "${3:-2}" --log-level error >/dev/null 2>&1; }

run reference reference-cache 1 || fail 'the reference run failed'
RANDOM=5
killed=0
for round in $(seq 12); do
  [ $((round % 4)) != 1 ] || rm -rf out cache
  # Not the function: its shell would be killed, and ingest would live on.
  "$ingest" run "${sources[@]}" --out out --cache cache >/dev/null 2>&1 &
  process=$!
  sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
  kill -KILL "$process" 2>/dev/null && killed=$((killed + 1))
  wait "$process" 2>/dev/null
  if [ $((round % 2)) = 0 ]; then
    run out cache || fail "round $round: the run after SIGKILL failed"
    expect_same_file reference/manifest.json out/manifest.json
    for file in reference/*; do expect_same_file "$file" "out/${file#*/}"; done
    leftovers=$(find out cache -name '*.partial*' -o -name 'tmp_*')
    [ -z "$leftovers" ] || fail "round $round: left over $leftovers"
    rm -rf out
    [ $((RANDOM % 2)) = 0 ] || rm -rf cache/results
  fi
done
[ "$killed" -ge 3 ] || fail "only $killed runs were killed"
finish
