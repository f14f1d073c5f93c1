#!/usr/bin/env bash
# pipeline_test.sh BIN: the whole chain on made-up repositories: results, no-ops, resume after signals, clear errors.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1
. "$here/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$here/make_repositories.sh" repositories
sources=()
for directory in repositories/*; do sources+=("dir:$directory"); done
model=(--model "$here/tiny_model.toml")
recipe=(--recipe "$here/tiny_recipe.toml")
train=("$bin/train" run --threads 1 --checkpoint-every 10 --validate-every 20)
good=("${train[@]}" --shards shards "${model[@]}" "${recipe[@]}")

# The chain, and that a second run of each stage is a no-op.
for result in 'ingest run: ' 'up to date'; do
  expect 0 "$result" "$bin/ingest" run "${sources[@]}" --out documents
done
for result in 'tokenize train: ' 'up to date'; do
  expect 0 "$result" "$bin/tokenize" train --documents documents --vocab-size 400 --min-repos 2 --out tokenizer
done
for result in 'shard build: ' 'up to date'; do
  expect 0 "$result" "$bin/shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --out shards
done
for result in 'train run: .* 80 steps' 'up to date'; do
  expect 0 "$result" "${good[@]}" --out model
done
for result in 'evaluate score: ' 'up to date'; do
  expect 0 "$result" "$bin/evaluate" score --model model --shards shards --examples 2 --chain-rule-segments 1 --hole-tokens 2 --out scores
done
for result in 'evaluate routing: ' 'up to date'; do
  expect 0 "$result" "$bin/evaluate" routing --model model --shards shards --mask-draws 2 --shuffles 40 --out routing
done
expect 2 'overwrite' "$bin/evaluate" routing --model model --shards shards --seed 2 --out routing
jq -e '.router.specialization.mean.low <= .router.specialization.mean.value and (.forced_experts.nats_per_token | length) == 4 and
  .probe.all.masked_specialization.mean.value > .probe.shuffled.masked_specialization.mean.value' routing/routing.json >/dev/null || fail "routing.json"
for result in 'evaluate report: ' 'up to date'; do
  expect 0 "$result" "$bin/evaluate" report --model model --scores scores --out report
done
grep -q '<title>Palimpsest report' report/report.html || fail "report.html is not the report"
jq -e '.overall.mean_bits_per_byte > 0 and (.labels | length) == 4' scores/scores.json >/dev/null || fail "scores.json"
# Everything is scored on the same bytes, inside its interval, and by repository adds up to the whole.
jq -e '.overall.bytes as $bytes | .overall.bits_per_byte_low <= .overall.bits_per_byte and
  .overall.bits_per_byte <= .overall.bits_per_byte_high and ([.baselines[] | select(.bytes == $bytes)] | length) == 6 and
  .without_header.bytes == $bytes and ([.repositories[].bytes] | add) == $bytes and .chain_rule.left_to_right_bits_per_byte > 0 and
  .conditional_infill.bits_per_byte > 0 and (.by_mask_ratio | length) == 5' scores/scores.json >/dev/null || fail "parts of scores.json"
expect 2 'bad --forwards' "$bin/evaluate" score --model model --shards shards --forwards 3 --out x10

# Infill keeps every byte outside the holes: of one, of several, of markers in a pipe; for any number of threads.
file=repositories/nestjs-1/src/file-1.ts
fill=("$bin/evaluate" infill --model model --max-tokens 6)
expect 0 '⟦.+⟧' "${fill[@]}" "$file" --at 5:7-5:20
"${fill[@]}" "$file" --at 5:7-5:20 --format file >filled.ts 2>/dev/null
head -n 4 "$file" | cmp -s - <(head -n 4 filled.ts) || fail "infill changed text before the hole"
cmp -s <(sed -n '5p' "$file" | cut -c20-) <(tail -c +"$(($(head -n 4 "$file" | wc -c) + 1))" filled.ts |
  head -c 10000 | grep -aoF -m1 "$(sed -n '5p' "$file" | cut -c20-)") || fail "infill changed text behind the hole"
for sampler in ancestral confidence margin entropy-bounded remasking; do
  for threads in 1 2; do
    "${fill[@]}" "$file" --at 2:1-2:3 --at 5:7 --sampler $sampler --seed 3 --format json -j $threads >fills-$threads.json 2>/dev/null
  done
  expect_same_file fills-1.json fills-2.json
done
jq -e '(.holes | length) == 2 and all(.holes[]; (.fill | length) > 0 and ([.tokens[].text] | add) == .fill)' fills-1.json >/dev/null ||
  fail "fills-1.json"
printf 'export const a = <|hole|>;\n' | "${fill[@]}" - --path src/a.ts --format file >piped.ts 2>/dev/null
grep -qxE 'export const a = .+;' piped.ts || [ "$(wc -l <piped.ts)" -gt 1 ] || fail "infill of a marker in a pipe"
expect 0 'step 2, ' "${fill[@]}" "$file" --at 5:7 --tokens 4 --watch --sampler confidence
expect 0 '⟦.*⟧' "${fill[@]}" "$file" --at 5:7 --expert react --exact --allow-empty --context 64
expect 2 'no hole' "${fill[@]}" "$file"
expect 2 'holes overlap' "${fill[@]}" "$file" --at 5:1-5:9 --at 5:4-5:12
expect 2 'one of core, nestjs' "${fill[@]}" "$file" --at 5:7 --expert vue
expect 2 'one of ancestral' "${fill[@]}" "$file" --at 5:7 --sampler greedy
expect 2 'do not fit' "${fill[@]}" "$file" --at 5:7 --tokens 500
printf 'let a = "\xff";\n' >broken.ts
expect 3 'not UTF-8.*broken.ts' "${fill[@]}" broken.ts --at 1:5
truncate -s 100M huge.ts
expect 3 'too large.*huge.ts' "${fill[@]}" huge.ts --at 1:1
expect 4 'missing.ts' "${fill[@]}" missing.ts --at 1:1

# The benchmark with the model's own row.
expect 0 'make-tasks: ' "$bin/evaluate" make-tasks documents --per-family 3 --valid-share 0.3 -o tasks.jsonl
for result in 'model +' 'up to date'; do
  expect 0 "$result" "$bin/evaluate" bench tasks.jsonl --model model --max-tokens 6 -o bench
done
jq -e '.fillers[0].filler == "model" or .fillers[0].name == "model"' bench/result.json >/dev/null || fail "bench has no model"

# Routed files: a table, JSON, standard input; one clear line for what is no source file.
routing=("$bin/evaluate" routing --model model)
expect 0 'layer 1' "${routing[@]}" "$file"
expect 0 '"expert"' "${routing[@]}" "$file" --prompt 'const x = 1;' --format json
expect 0 '1-2 ' "${routing[@]}" - <<<$'import x from "react";\nexport default x;'
head -c 100000000 /dev/zero | tr '\0' ' ' >huge.ts
printf 'caf\xe9' >latin1.ts
: >empty.ts
for bad in huge.ts latin1.ts empty.ts; do expect 3 "file is .*$bad" "${routing[@]}" "$bad"; done
rm huge.ts
expect 4 'absent.ts' "${routing[@]}" absent.ts
expect 2 'nothing to route' "${routing[@]}"
expect 2 'shards and texts' "${routing[@]}" "$file" --shards shards
expect 2 'no --out' "${routing[@]}" "$file" --out x

# The same seed gives the same trace and weights; so does a run that was stopped by signals and resumed.
expect 0 'train run: ' "${good[@]}" --out again
expect_same_file model/metrics.jsonl again/metrics.jsonl
expect_same_file model/checkpoints/step-80/model.safetensors again/checkpoints/step-80/model.safetensors
for signal in KILL TERM; do
  "${good[@]}" --out "stopped-$signal" 2>/dev/null >&2 &
  pid=$!
  until [ "$(cat "stopped-$signal/metrics.jsonl" 2>/dev/null | wc -l)" -gt 35 ]; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.02
  done
  kill -s "$signal" $pid
  wait $pid 2>/dev/null
  status=$?
  case $signal in KILL) wanted=137 ;; TERM) wanted=143 ;; esac
  [ "$status" = "$wanted" ] || fail "training stopped by SIG$signal exited with $status instead of $wanted"
  [ ! -e "stopped-$signal/manifest.json" ] || fail "stopped training has a manifest"
  rm -rf half
  cp -r "stopped-$signal" half
  expect 0 'resuming at step' "${good[@]}" --out "stopped-$signal"
  expect_same_file model/metrics.jsonl "stopped-$signal/metrics.jsonl"
  for part in model optimizer average; do
    expect_same_file "model/checkpoints/step-80/$part.safetensors" "stopped-$signal/checkpoints/step-80/$part.safetensors"
  done
done

# A model passed on: smaller, and read by evaluate.
for result in 'train export: step 80, int8 weights, .* nats/token' 'up to date'; do
  expect 0 "$result" "$bin/train" export --model model --average --weights int8 --shards shards --out exported
done
expect 0 '⟦.+⟧' "$bin/evaluate" infill "$file" --model exported --at 5:7-5:20
expect 2 'unknown --weights' "$bin/train" export --model model --weights int4 --out x0

# A run ends when its minutes are over; one whose gradients stay useless goes back, then says so.
expect 0 'ended after 1 of 80 steps: the minutes' "${good[@]}" --minutes 1e-9 --out short
expect 0 'steps: no better validation' "${good[@]/#20/1}" --patience 1 --out patient
sed 's/learning_rate = 1e-3/learning_rate = 1e38/' "$here/tiny_recipe.toml" >wild.toml
expect 3 'no usable gradient.*after 3 rewinds' "${train[@]}" --shards shards "${model[@]}" --recipe wild.toml --out wild
grep -q '"rewinds":3' wild/metrics.jsonl || fail "metrics do not show the rewinds"

# Another configuration needs --overwrite.
expect 2 'overwrite' "${good[@]}" --seed 2 --out model
expect 2 'overwrite' "$bin/tokenize" train --documents documents --vocab-size 390 --out tokenizer

# Clear errors: one line, the right exit code.
expect 4 'missing' "$bin/tokenize" train --documents missing --out x1
expect 4 'missing' "${train[@]}" "${model[@]}" "${recipe[@]}" --shards missing --out x2
expect 4 'missing' "$bin/evaluate" score --model missing --shards shards --out x3
expect 4 'this build links no CUDA libraries' "${good[@]}" --device cuda --out x4
expect 2 'unknown key' "${train[@]}" --shards shards "${model[@]}" --recipe "$here/tiny_model.toml" --out x5
expect 2 'unknown model' "${train[@]}" --shards shards "${recipe[@]}" --model huge --out x6
expect 2 'outside' "$bin/evaluate" infill "$file" --model model --at 900:1
: >empty.tsv
expect '[23]' 'empty' "$bin/ingest" run --sources empty.tsv --out x7

# A shard with one flipped bit, and shards of another tokenizer.
cp -r shards damaged
printf '\xff' | dd of=damaged/train/shard-00000.pls bs=1 seek=2000 conv=notrunc status=none
expect 3 'shard-00000.pls' "${train[@]}" "${model[@]}" "${recipe[@]}" --shards damaged --out x8
expect 3 'shard-00000.pls' "$bin/shard" verify damaged
expect 0 'tokenize train: ' "$bin/tokenize" train --documents documents --vocab-size 380 --min-repos 2 --out tokenizer-2
expect 0 'shard build: ' "$bin/shard" build --documents documents --tokenizer tokenizer-2 --row-tokens 128 --out shards-2
expect 3 'another tokenizer' "$bin/evaluate" score --model model --shards shards-2 --out x9
expect 4 'missing' "$bin/evaluate" score --model model --shards missing --out x11
expect 0 'shard build: ' "$bin/shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --test-share 0 --out no-test
expect 3 'nothing to score' "$bin/evaluate" score --model model --shards no-test --split test --out x12

# A damaged checkpoint is named; a resumed run uses the one before it.
last=$(printf '%s\n' half/checkpoints/step-?? | tail -n 1)
printf '\xff' | dd of="$last/model.safetensors" bs=1 seek=5000 conv=notrunc status=none
expect 0 "skipping checkpoint: .*$last" "${good[@]}" --out half
expect_same_file model/metrics.jsonl half/metrics.jsonl
cp -r model damaged-model
printf '\xff' | dd of=damaged-model/checkpoints/step-80/model.safetensors bs=1 seek=5000 conv=notrunc status=none
expect 3 'step-80/model.safetensors' "$bin/evaluate" infill "$file" --model damaged-model --at 5:7

finish
