#!/usr/bin/env bash
# quickstart_test.sh ROOT: README command 1 and what it must show. Slow: downloads 5 MB, builds, trains twice.
set -uo pipefail
cd "$1" || exit 1
. tests/cli/expect.sh
run=${RUN:-runs/quickstart}
bin=build/release/bin

pipelines/quickstart.sh || exit 1
again=$(pipelines/quickstart.sh 2>/dev/null)
[ "$(grep -c ': up to date' <<<"$again")" = 6 ] || fail "the second quickstart is not a chain of six no-ops"$'\n'"$again"

# The last line of the quickstart but three works as pasted.
infill=$(grep 'evaluate infill' <<<"$again")
expect 0 '⟦.+⟧' bash -c "$infill"

PYTHONPATH=.deps/python python3 tests/tokenize/hugging_face_check.py build/dev/bin/tokenize \
  build/dev/test-bin/write_sample_documents "$run/documents" "$run/tokenizer" || fail "ids differ from Hugging Face's"

# Same input, same bytes, whatever the number of threads.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for threads in 1 2; do
  "$bin/ingest" run --sources pipelines/corpora/quickstart.tsv --cache "$run/cache" --threads $threads --out "$work/d$threads" >/dev/null &&
    "$bin/tokenize" train --documents "$work/d$threads" --vocab-size 4096 --threads $threads --out "$work/t$threads" >/dev/null &&
    "$bin/shard" build --documents "$work/d$threads" --tokenizer "$work/t$threads" --row-tokens 256 --threads $threads \
      --out "$work/s$threads" >/dev/null || fail "stages with $threads threads"
done
for part in d t s; do
  diff -r --exclude=".*" "$work/${part}1" "$work/${part}2" >/dev/null || fail "outputs of 1 and 2 threads differ"
done
diff -r --exclude=".*" "$run/shards" "$work/s1" >/dev/null || fail "shards differ from the quickstart's"

jq -e '.overall.mean_bits_per_byte < 0.9 * .overall.unigram_mean_bits_per_byte' "$run/scores/scores.json" >/dev/null ||
  fail "the model is not clearly below the unigram coder"
pipelines/specialization.sh || fail "specialization"
finish
