#!/usr/bin/env bash
# run_test.sh BIN ROOT: pipelines/run.sh on made-up repositories: results, no-ops, tasks, failures, signals, lock, logs.
set -uo pipefail
bin=$(realpath "$1")
root=$2
. "$root/tests/cli/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export OMP_NUM_THREADS=1
. "$root/tests/pipelines/sample_run.sh"
make_sample_run run.toml out
run() { "$root/pipelines/run.sh" --bin "$bin" "$@" 2>stderr; }
# ends EXIT PATTERN ARG...: exit code and last line of a run.
ends() {
  local exit=$1 pattern=$2 code=0 output
  shift 2
  output=$(run "$@") || code=$?
  [ "$code" = "$exit" ] || fail "exit $code instead of $exit: $*"$'\n'"$output"$'\n'"$(cat stderr)"
  tail -n 1 <<<"$output" | grep -Eq -- "^palimpsest: $pattern" || fail "last line lacks /$pattern/: $*"$'\n'"$output"
}

# The chain, its no-op, and its commands.
ends 0 "done in .*: ingest [0-9]+ s, tokenize .*, shard .*, train .*, score .*, report [0-9]+ s -> $work/out/report/report.html" run.toml
ends 0 'done in [0-9]+ s: ingest up to date, tokenize up to date, shard up to date, train up to date, score up to date, report up to date' run.toml
[ "$(grep -c '^== ' out/logs/train.log)" = 2 ] || fail "train.log does not hold two runs"
"$root/pipelines/run.sh" run.toml --bin "$bin" --dry-run >commands || fail "--dry-run"
while IFS= read -r command; do expect 0 'up to date' bash -c "cd '$root' && $command"; done <commands
[ "$(wc -l <commands)" = 6 ] || fail "--dry-run prints other than six commands"

# Tasks in any order, joined: the same bytes.
for step in ingest shard; do
  [ $step = ingest ] || ends 0 'done' run.toml --out split --step tokenize
  for task in 2 0 1; do ends 0 "done in .*: $step-$task-of-3 " run.toml --out split --step $step --task $task --of 3; done
  ends 0 "done in .*: $step " run.toml --out split --step $step --merge 3
done
for part in documents tokenizer shards; do
  diff -r --exclude='.*' out/$part split/$part >&2 || fail "$part of three tasks differ"
done

# A changed option is refused, or replaces with overwrite.
sed 's/min-repos = 2/min-repos = 3/' run.toml >changed.toml
sed "s/^out = .*/&\noverwrite = true/" changed.toml >overwrite.toml
ends 2 'FAILED tokenize exit 2 after .*, log .*/out/logs/tokenize.log: .*overwrite' changed.toml
cp -r out replaced
ends 0 'done in .*: ingest up to date, tokenize [0-9]+ s, ' overwrite.toml --out replaced

# A failing stage: its exit code, its last error, and the notification, which cannot change the exit code.
{ cat run.toml; printf '\n[slurm]\ntasks = 4\n'; } >slurm.toml
sed "s#^out = .*#&\nlog-format = \"json\"\nnotify = '''cat >notified; echo \"\$PALIMPSEST_EXIT\" >>notified; false'''#; s#vocab-size = 400#vocab-size = 7#" slurm.toml >bad.toml
sed -i "s#>notified; echo#>$work/notified; echo#; s#>>notified#>>$work/notified#" bad.toml
ends 2 'FAILED tokenize exit 2 after [0-9]+ s, log .*/bad/logs/tokenize.log: [^{]*vocab-size' bad.toml --out bad
grep -q 'the notification failed' stderr || fail "stderr does not say that the notification failed: $(cat stderr)"
grep -q '^palimpsest: FAILED tokenize' notified && [ "$(tail -n 1 notified)" = 2 ] || fail "notified: $(cat notified)"
jq -es 'length > 1 and (.[0].stage == "run")' bad/logs/tokenize.log >/dev/null || fail "the log is not JSON lines"
sed 's#^source = .*#sources = ["/nowhere.tsv"]#' run.toml >missing.toml
ends 4 'FAILED ingest exit 4 after .*nowhere.tsv' missing.toml --out missing
ends 4 'FAILED: .*nowhere' run.toml --bin /nowhere --out unstarted

# What is no run.
printf 'x = ' >broken.toml
printf '[run]\nout = "x"\n[tokenise.train]\n' >unknown.toml
printf '[run]\nout = "x"\n[shard.train]\n' >subcommand.toml
printf '[run]\nout = "x"\nnotfy = "y"\n[shard.build]\n' >key.toml
printf '[run]\nout = "x"\n[shard.build]\nout = "y"\n' >own.toml
printf '[run]\nout = "x"\n[shard.build]\ntime = 2026-01-01\n' >value.toml
printf '[run]\nout = "x"\n[shard.build]\nrow-tokns = 8\n' >option.toml
printf '[shard.build]\n' >out.toml
printf '[run]\nout = "x"\n' >steps.toml
printf '\xff\xfe' >binary.toml
ends 2 'FAILED .*not TOML' broken.toml
ends 2 'FAILED .*not TOML' binary.toml
ends 2 "FAILED .*unknown table 'tokenise'" unknown.toml
ends 2 "FAILED .*unknown 'train' in .shard." subcommand.toml
ends 2 "FAILED .*unknown key 'notfy'" key.toml
ends 2 "FAILED .*'out' in .shard.build." own.toml
ends 2 "FAILED .*bad time in .shard.build." value.toml
ends 2 'FAILED shard exit 2.*row-tokns' option.toml --out option
ends 2 'FAILED .*no folder' out.toml
ends 2 'FAILED .*no step' steps.toml
ends 4 'FAILED: .*absent.toml' absent.toml
ends 2 "FAILED .*no step 'sharde'" run.toml --step sharde
ends 2 'FAILED .*no tasks' run.toml --step train --task 0 --of 2
ends 2 'FAILED .*bad --task' run.toml --step shard --task 2 --of 2
ends 2 'FAILED .*go together' run.toml --step shard --task 2
[ ! -e x ] && [ ! -e "$root/x" ] || fail "a refused run made its folder"

# A signal reaches the stage, which ends behind a checkpoint; the run goes on to the same weights. Meanwhile, and for as
# long as the stage lives, the folder is locked.
cp -r out again
rm -rf again/{model,scores,report,logs}
start() {
  rm -f pid
  "$root/pipelines/run.sh" run.toml --bin "$bin" --out again >stopped 2>/dev/null &
  runner=$!
  until stage=$(pgrep -f -- "--out=$work/again/model"); do
    kill -0 "$runner" 2>/dev/null || break
  done
  until [ "$(cat again/model/metrics.jsonl 2>/dev/null | wc -l)" -gt "$1" ]; do
    kill -0 "$stage" 2>/dev/null || break
  done
}
# Stopped, the stage is still there when the next run begins.
start 10
kill -STOP "$stage"
ends 4 'FAILED: another run' run.toml --out again
kill -TERM "$runner"
kill -CONT "$stage"
wait "$runner"
code=$?
[ "$code" = 143 ] || fail "exit $code instead of 143 after SIGTERM"
tail -n 1 stopped | grep -q '^palimpsest: stopped by signal 15 in train; run it again' || fail "stopped: $(cat stopped)"
ls -d again/model/checkpoints/step-* >/dev/null || fail "no checkpoint after SIGTERM"
start 20
kill -KILL "$runner"
{ wait "$runner"; } 2>/dev/null
kill -STOP "$stage"  # not before: stopped, it would get SIGHUP when its runner dies
ends 4 'FAILED: another run' run.toml --out again
kill -TERM "$stage" || fail "the stage died with its runner"
kill -CONT "$stage"
while kill -0 "$stage" 2>/dev/null; do sleep 0.05; done
ends 0 'done in .*train [0-9]+ s' run.toml --out again
expect_same_file out/model/metrics.jsonl again/model/metrics.jsonl
finish
