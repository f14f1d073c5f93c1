#!/usr/bin/env bash
# From nothing to a trained model: set-up, build, ingest, tokenize, shard, train, evaluate. README command 1.
# Run it again and every stage finds its output up to date.
#
#   pipelines/quickstart.sh            output under runs/quickstart
#   RUN=DIR pipelines/quickstart.sh    output under DIR
set -euo pipefail
cd "$(dirname "$0")/.."
run=${RUN:-runs/quickstart}
bin=build/release/bin

say() { printf '\n== %s\n' "$*" >&2; }

say "set-up"
pipelines/setup.sh
say "build (the first time takes some minutes)"
mkdir -p build "$run"
cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log >&2; exit 4; }
cmake --build --preset release --target ingest tokenize shard train evaluate >&2

say "ingest: 15 npm packages, 8 MB, pinned by SHA-512"
"$bin/ingest" run --sources pipelines/corpora/quickstart.tsv --cache "$run/cache" --out "$run/documents"
say "tokenize: SuperBPE, 4,096 tokens"
"$bin/tokenize" train --documents "$run/documents" --vocab-size 4096 --out "$run/tokenizer"
say "shard: rows of 256 tokens"
"$bin/shard" build --documents "$run/documents" --tokenizer "$run/tokenizer" --row-tokens 256 --out "$run/shards"
say "train: nano, two stages, a few minutes on 2 cores"
"$bin/train" run --shards "$run/shards" --model nano --recipe two-stage --out "$run/model"
say "evaluate"
"$bin/evaluate" score --model "$run/model" --shards "$run/shards" --out "$run/scores"
"$bin/evaluate" report --model "$run/model" --scores "$run/scores" --out "$run/report"

cat <<DONE

Report:   $run/report/report.html
Scores:   $run/scores/scores.json
Model:    $run/model (checkpoints, metrics.jsonl, timing.jsonl)
Corpus:   $run/documents (zstdcat $run/documents/documents-00000.jsonl.zst | jq .path | head)

Fill a hole (the word "private" in line 8 of an example):
  $bin/evaluate infill pipelines/examples/cats.controller.ts --model $run/model --at 8:5-8:12
Where does a file belong?
  $bin/ingest explain pipelines/examples/cats.controller.ts
DONE
