#!/usr/bin/env bash
# train_ranks_test.sh BIN: two processes that train one model: equal to one process, killed, stopped, resumed, refused.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1
. "$here/expect.sh"
. "$here/sample_shards.sh"
work=$(mktemp -d)
pids=()
trap '[ ${#pids[@]} = 0 ] || kill -KILL "${pids[@]}" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

make_sample_shards

train=("$bin/train" run --threads 1 --checkpoint-every 10 --validate-every 20 --rank-timeout 30
  --shards shards --model "$here/tiny_model.toml" --recipe "$here/tiny_recipe.toml")

# rank RANK OUT ARG...: starts one of two ranks; its pid is the last of pids.
rank() {
  local rank=$1 out=$2
  shift 2
  RANK=$rank WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$port "${train[@]}" --out "$out" "$@" >"rank$rank.log" 2>&1 &
  pids+=($!)
}

# start OUT ARG...: both ranks.
start() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  pids=()
  rank 0 "$@"
  rank 1 "$@"
}

# ended EXIT0 EXIT1 WHAT: waits for both.
ended() {
  local rank actual=()
  for rank in 0 1; do
    wait "${pids[$rank]}" 2>/dev/null
    actual+=($?)
  done
  pids=()
  [ "${actual[*]}" = "$1 $2" ] || fail "$3: exits ${actual[*]} instead of $1 $2"$'\n'"$(cat rank0.log rank1.log)"
}

says() { grep -Eq -- "$2" "rank$1.log" || fail "rank $1 does not say /$2/:"$'\n'"$(cat "rank$1.log")"; }

# steps_done OUT STEPS: waits until rank 0 logged so many.
steps_done() {
  until [ "$(cat "$1/metrics.jsonl" 2>/dev/null | wc -l)" -gt "$2" ]; do
    kill -0 "${pids[0]}" 2>/dev/null || break
    sleep 0.02
  done
}

# same_losses A B: the same steps, with losses that differ by at most 1e-6 of their size.
same_losses() {
  local pairs
  pairs=$(jq -n --slurpfile a "$1/metrics.jsonl" --slurpfile b "$2/metrics.jsonl" '
    def trace: map(select(.kind == "step") | [.step, .total, .nelbo, .z, .supervised, .load_balance] | map(. // 0));
    [$a, $b | trace] | (map(length) | .[0] == .[1] and .[0] == 80) and
      ([.[0], .[1]] | transpose | all(transpose | all(((.[0] - .[1]) | fabs) <= 1e-6 * ((.[0] | fabs) + 1e-3))))')
  [ "$pairs" = true ] || fail "losses of $1 and $2 differ"
}

expect 0 'train run: .* 80 steps' "${train[@]}" --out one

# Two ranks do what one does with two micro-batches, say it once, and the same bytes each time.
start two
ended 0 0 'two ranks'
says 0 '80 steps of 2 rows over 2 ranks'
says 0 'train run: .* 80 steps'
[ ! -s rank1.log ] || fail "rank 1 speaks: $(cat rank1.log)"
same_losses one two
[ "$(jq .counts.ranks two/manifest.json)" = 2 ] || fail "the manifest does not say 2 ranks"
start two
ended 0 0 'a finished run'
says 0 'up to date'
start again
ended 0 0 'two ranks again'
expect_same_file two/metrics.jsonl again/metrics.jsonl
for part in model optimizer average; do
  expect_same_file "two/checkpoints/step-80/$part.safetensors" "again/checkpoints/step-80/$part.safetensors"
done

# A rank that is killed ends the other with a clear error; the run goes on with as many ranks as one likes.
for victim in 0 1; do
  start "killed-$victim"
  steps_done "killed-$victim" 15
  kill -KILL "${pids[$victim]}"
  case $victim in 0) ended 137 4 'rank 0 killed' ;; 1) ended 4 137 'rank 1 killed' ;; esac
  says $((1 - victim)) "rank $((1 - victim)): lost rank $victim.* in step [0-9]+"
  [ ! -e "killed-$victim/manifest.json" ] || fail "a killed run has a manifest"
done
expect 0 'resuming at step' "${train[@]}" --out killed-0
same_losses one killed-0
start killed-1
ended 0 0 'resume on two ranks'
says 0 'resuming at step'
expect_same_file two/metrics.jsonl killed-1/metrics.jsonl
expect_same_file two/checkpoints/step-80/model.safetensors killed-1/checkpoints/step-80/model.safetensors

# A stop signal to any rank: all end behind a checkpoint.
for victims in '0 1' 1; do
  rm -rf stopped
  start stopped
  steps_done stopped 12
  for victim in $victims; do kill -TERM "${pids[$victim]}"; done
  ended 143 143 "SIGTERM to $victims"
  last=$(jq -s 'map(select(.kind == "step")) | last | .step + 1' stopped/metrics.jsonl)
  [ -e "stopped/checkpoints/step-$last/state.json" ] || fail "no checkpoint at step $last"
done
expect 0 "resuming at step $last" "${train[@]}" --out stopped
same_losses one stopped

# One rank, stopped, goes on with two.
"${train[@]}" --out grown >/dev/null 2>&1 &
pids=($!)
steps_done grown 12
kill -TERM "${pids[0]}"
wait "${pids[0]}"
[ $? = 143 ] || fail "one rank stopped by SIGTERM"
start grown
ended 0 0 'from one rank to two'
says 0 'resuming at step'
same_losses one grown

# Ranks that do not belong together, that fail, or that never come.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
pids=()
rank 0 other
rank 1 other --seed 2
ended 2 2 'another seed'
for r in 0 1; do says $r 'rank 1 has another seed than rank 0, got "2", expected "1"'; done
[ ! -e other ] || fail "ranks that differ made an output directory"
mkdir foreign && echo mine >foreign/file
start foreign
ended 2 4 'an output directory that is not ours'
says 1 'rank 1: rank 0 ended: .*foreign'
train=("${train[@]/#30/5}")
pids=()
rank 0 unread
good=("${train[@]}")
train=("${train[@]/#shards/missing}")
rank 1 unread
ended 4 4 'shards that one rank lacks'
says 0 'rank 0: rank 1 ended: .*missing'
train=("${good[@]}")
expect 4 'rank 1 did not join within 1 s' env RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 "MASTER_PORT=$port" \
  "${train[@]/#5/1}" --out alone
expect 2 'WORLD_SIZE is not set' env RANK=0 "${train[@]}" --out alone
expect 2 'bad RANK' env RANK=2 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=1 "${train[@]}" --out alone
expect 2 'bad --rank-timeout' "${train[@]/#5/0}" --out alone
finish
