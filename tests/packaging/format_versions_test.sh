#!/usr/bin/env bash
# format_versions_test.sh BIN GOLDEN: what this version's formats looked like (GOLDEN/version-1) is read for good; of another
# format, every reader says in one line which it found, which it knows and what to do. Without train and evaluate (no LibTorch)
# the data stages alone.
set -uo pipefail
bin=$1 golden=$2
. "$(cd "$(dirname "$0")/../cli" && pwd)/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$golden/version-1"/* "$work"
cd "$work" || exit 1
export OMP_NUM_THREADS=1

# change FILE SED-SCRIPT COMMAND...: what COMMAND says of the changed file, which is then put back.
refuses() {
  local file=$1 script=$2 expected=$3
  shift 3
  cp "$file" kept
  sed -i "$script" "$file"
  cmp -s kept "$file" && fail "$file: nothing to change"
  expect 3 "$expected" "$@"
  cp kept "$file"
}
other='s/"format": 1/"format": 7/'
says='unknown [a-z]+ format, got 7, expected 1, in .*; another version of this tool made it; '

tokenize=("$bin/tokenize" train --documents documents --vocab-size 300 --min-repos 2)
build=("$bin/shard" build --documents documents --row-tokens 128 --tokenizer)
expect 0 'tokenize train: 300 tokens' "${tokenize[@]}" --out tokenizer-2
expect 0 'shard build: 76 train' "${build[@]}" tokenizer --out shards-2
expect 0 'all good' "$bin/shard" verify shards
refuses documents/manifest.json "$other" "$says" "${tokenize[@]}" --out x
refuses documents/manifest.json "$other" "$says" "${build[@]}" tokenizer --out x
refuses tokenizer-2/manifest.json "$other" "$says" "${tokenize[@]}" --out tokenizer-2
refuses shards/manifest.json "$other" "$says" "$bin/shard" verify shards
refuses tokenizer/tokenizer.json 's/"version": "1.0"/"version": "2.0"/' 'bad field version, got 2.0, expected 1.0, in .*; ' \
  "${build[@]}" tokenizer --out x
[ -e x ] && [ -n "$(find x -type f ! -name '.*')" ] && fail 'a refused run left files'

if [ -x "$bin/train" ] && [ -x "$bin/evaluate" ]; then
  score=("$bin/evaluate" score --shards shards --examples 0 --model)
  expect 0 'evaluate score: ' "${score[@]}" model --out scores
  expect 0 'train export: ' "$bin/train" export --model model --out exported
  state=model/checkpoints/step-4/state.json
  refuses "$state" "$other" "$says" "${score[@]}" model --out x
  refuses "$state" "$other" "$says" "$bin/train" export --model model --out x
  # A checkpoint from a stranger: without its own digest, and a file outside in its list.
  refuses "$state" 's/^  "sha256"/  "other"/; s|"average.safetensors"|"/dev/zero"|' \
    'names a file outside itself, got /dev/zero, ' timeout 60 "${score[@]}" model --out x
  refuses shards/manifest.json "$other" "$says" "${score[@]}" model --out x
  refuses scores/manifest.json "$other" "$says" "$bin/evaluate" report --model model --scores scores --out x
  refuses model/manifest.json "$other" "$says" "$bin/evaluate" report --model model --scores scores --out x
fi
finish
