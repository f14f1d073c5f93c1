#!/usr/bin/env bash
# The project's claim on one screen: specialization S1 with supervised routing and without, same data and steps.
# Needs a finished pipelines/quickstart.sh; trains the control (a few minutes), scores it, prints both.
# Exit code 1 when S1 is below 0.5 with supervision or not below 0.15 without.
set -euo pipefail
cd "$(dirname "$0")/.."
run=${RUN:-runs/quickstart}
bin=build/release/bin

[ -f "$run/scores/manifest.json" ] || { echo "specialization: run pipelines/quickstart.sh first" >&2; exit 4; }
"$bin/train" run --shards "$run/shards" --model nano --recipe unsupervised --out "$run/control"
"$bin/evaluate" score --model "$run/control" --shards "$run/shards" --out "$run/control-scores"

line() {  # NAME SCORES
  jq -r --arg name "$1" '
    def two: . * 100 | round / 100;
    [$name, (.labels[] as $l | .routing.specialization[$l] | two), (.routing.specialization.mean | two),
     (.routing.router_entropy | two), (.overall.mean_bits_per_byte * 1000 | round / 1000),
     (.overall.unigram_mean_bits_per_byte * 1000 | round / 1000)] | @tsv' "$2"
}

{
  jq -r '["recipe", (.labels[] | "S1 " + .), "S1 mean", "entropy", "bits/byte", "unigram"] | @tsv' "$run/scores/scores.json"
  line two-stage "$run/scores/scores.json"
  line unsupervised "$run/control-scores/scores.json"
} | awk -F '\t' '{ printf "%-14s", $1; for (i = 2; i <= NF; i++) printf "%12s", $i; print "" }'

jq -e '.routing.specialization.mean >= 0.5' "$run/scores/scores.json" >/dev/null &&
  jq -e '.routing.specialization.mean < 0.15' "$run/control-scores/scores.json" >/dev/null
