#!/usr/bin/env bash
# From nothing to a trained model: set-up, build, and the chain of quickstart.toml. README command 1.
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
mkdir -p build
cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log >&2; exit 4; }
cmake --build --preset release --target ingest tokenize shard train evaluate >&2

pipelines/run.sh pipelines/quickstart.toml --out "$run"

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
