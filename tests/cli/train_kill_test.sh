#!/usr/bin/env bash
# train_kill_test.sh BIN ROOT: training killed at 20 random steps, by SIGKILL and SIGTERM, ends with the bytes of a run
# that was never stopped. Then damaged checkpoints, a full disk, and exports of the best checkpoints.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1 root=$2
. "$here/expect.sh"
. "$here/sample_shards.sh"
kills=20
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

make_sample_shards
train=("$bin/train" run --threads 1 --shards shards --model "$here/tiny_model.toml" --recipe "$here/tiny_recipe.toml"
  --step-scale 2 --checkpoint-every 6 --validate-every 25 --validate-rows 2 --keep-best 2)
steps=160
expect 0 'train run: .* 160 steps' "${train[@]}" --out reference

# expect_same_run DIR: weights, moments, EMA, position and guard (checkpoints), metrics and events, manifest.
expect_same_run() {
  local difference
  difference=$(diff -rq --exclude=.lock --exclude='timing*' reference "$1" | grep -v manifest.json) &&
    fail "$1 differs from the run that was never stopped: $difference"
  cmp -s <(jq 'del(.outputs)' reference/manifest.json) <(jq 'del(.outputs)' "$1/manifest.json") ||
    fail "$1 has another manifest"
}
expect 0 'train run: ' "${train[@]}" --out again
expect_same_run again
ls again/tensorboard/{metrics,timing}/events.out.tfevents.0 >/dev/null || fail "no event files"

# One run, stopped again and again a little further on: every sixth time by SIGTERM.
RANDOM=11
killed=0 terminated=0
for ((i = 0; i < kills; i++)); do
  signal=KILL wanted=137
  if ((i % 6 == 5)); then signal=TERM wanted=143; fi
  lines=$((i * steps / kills * 8 / 10 + RANDOM % (steps / kills)))
  "${train[@]}" --out out >/dev/null 2>log &
  process=$!
  until grep -q 'matrix products' log && [ "$(wc -l <out/metrics.jsonl)" -gt $lines ]; do
    kill -0 $process 2>/dev/null || break
    sleep 0.005
  done
  sleep 0.00$((RANDOM % 10))
  kill -s $signal $process 2>/dev/null
  wait $process 2>/dev/null
  status=$?
  [ $status = 0 ] && break  # it was faster
  [ $status = $wanted ] || fail "stopped by SIG$signal: exit $status"
  if [ $signal = KILL ]; then killed=$((killed + 1)); else terminated=$((terminated + 1)); fi
  [ -e out/manifest.json ] && fail "a stopped run has a manifest"
done
[ "$killed" -ge 15 ] && [ "$terminated" -ge 2 ] || fail "only $killed SIGKILL and $terminated SIGTERM"
rm -rf half
cp -r out half
expect 0 'resuming at step' "${train[@]}" --out out
expect_same_run out
echo "stopped $killed times by SIGKILL, $terminated times by SIGTERM"

# A checkpoint cut short or with one flipped byte is refused by name; the one before it is used.
damage() { # FILE truncate|flip|digit
  case $2 in
    truncate) truncate -s $(($(stat -c %s "$1") / 2)) "$1" ;;
    digit) sed -i 's/"total": ./"total": 9/' "$1" ;;
    flip) printf '\xff' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") / 2)) conv=notrunc status=none ;;
  esac
}
last=$(find half/checkpoints -name "step-*" ! -name "*.partial" | sort -t- -k2n | tail -n 1)
for case in {model,optimizer,average}.safetensors:{truncate,flip} state.json:{truncate,flip,digit}; do
  file=${last#half/}/${case%:*}
  rm -rf hurt
  cp -r half hurt
  damage "hurt/$file" "${case#*:}"
  expect 0 "skipping checkpoint: .*hurt/$file" "${train[@]}" --out hurt
  expect_same_run hurt
done

# The best checkpoints: kept, exported, averaged.
best=$(jq .counts.best_step reference/manifest.json)
lowest=$(jq -s '[.[] | select(.kind == "validation" and .step >= 80)] | min_by(.bits_per_byte).step + 1' reference/metrics.jsonl)
[ "$best" = "$lowest" ] || fail "best step $best, lowest validation of the last stage at $lowest"
expect 0 "train export: step $best, " "$bin/train" export --model reference --best --out best
cmp -s best/model.safetensors "reference/checkpoints/step-$best/model.safetensors" || fail "--best exported other weights"
expect 0 'train export: mean of steps [0-9]+, [0-9]+, .* nats/token' \
  "$bin/train" export --model reference --average-best 2 --average --shards shards --out mean
expect 2 'kept for their validation' "$bin/train" export --model reference --average-best 9 --out x1
expect 2 'both --best and' "$bin/train" export --model reference --average-best 2 --best --out x2

# TensorBoard's own reader finds every number of metrics.jsonl.
PYTHONPATH="$root/.deps/tensorboard" python3 "$root/tests/train/tensorboard_check.py" reference
status=$?
[ $status = 0 ] || [ $status = 77 ] || fail "TensorBoard reads other numbers"

# A full disk needs a small file system, and that needs root.
mkdir small
bytes=$(du -sb "reference/checkpoints/step-$steps" | cut -f1)
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o "size=$((bytes * 5 / 2))" tmpfs small 2>/dev/null; then
  expect 4 'No space left on device' "${train[@]}" --out small/out
  [ ! -e small/out/manifest.json ] || fail "a run on a full disk left a manifest"
  [ "$(find small/out -name '*.partial' | wc -l)" = 0 ] || fail "a full disk left a half-written checkpoint"
  mkdir roomy
  cp -r small/out roomy/out
  expect 0 'resuming at step' "${train[@]}" --out roomy/out
  expect_same_run roomy/out
  echo 'full disk: tested'
else
  echo 'full disk: skipped, no small file system can be mounted'
fi
finish
