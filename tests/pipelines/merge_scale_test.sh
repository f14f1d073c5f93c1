#!/usr/bin/env bash
# merge_scale_test.sh BIN ROOT: 10,000 parts are joined in seconds into the bytes of an undivided run. The first tasks are
# real and hold all the work; the parts of the others differ from one real empty part in the number of the task alone.
set -uo pipefail
bin=$(realpath "$1")
root=$2
tasks=${TASKS:-10000}
most_seconds=60
. "$root/tests/cli/expect.sh"
. "$root/tests/pipelines/sample_run.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
make_sample_run run.toml out
run() { "$root/pipelines/run.sh" run.toml --bin "$bin" "$@" 2>/dev/null; }

# merge_parts STEP OUTPUT REAL: tasks 0 to REAL - 1 hold all units.
merge_parts() {
  local step=$1 output=$2 real=$3 task seconds
  for task in $(seq 0 "$real"); do run --out split --step "$step" --task "$task" --of "$tasks" >/dev/null || fail "$step $task"; done
  python3 - "split/parts/$output-%d-of-$tasks" "$real" "$tasks" <<'PY'
import os, pathlib, sys
pattern, empty, tasks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
source = pathlib.Path(pattern % empty)
manifest = (source / "manifest.json").read_text()
number = lambda task: (f'"task": {task},', f'"task": "{task} of {tasks}"')
assert all(text in manifest for text in number(empty))
for task in range(empty + 1, tasks):
    part = pathlib.Path(pattern % task)
    part.mkdir()
    text = manifest
    for old, new in zip(number(empty), number(task)):
        text = text.replace(old, new)
    (part / "manifest.json").write_text(text)
    if (source / "tokenizer.json").exists():
        os.link(source / "tokenizer.json", part / "tokenizer.json")
PY
  SECONDS=0
  expect 0 "done in .*: $step " run --out split --step "$step" --merge "$tasks"
  seconds=$SECONDS
  echo "$step merge: $tasks parts in $seconds s"
  [ "$seconds" -le $most_seconds ] || fail "$step merge takes $seconds s"
  diff -r --exclude='.*' "out/$output" "split/$output" >&2 || fail "$output of $tasks parts differ"
}

for step in ingest tokenize shard; do run --step $step >/dev/null || fail "$step"; done
merge_parts ingest documents 12
run --out split --step tokenize >/dev/null || fail 'tokenize'
merge_parts shard shards 3
finish
