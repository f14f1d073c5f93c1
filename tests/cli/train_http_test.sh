#!/usr/bin/env bash
# train_http_test.sh BIN: training on shards behind a URL gives the weights of training on the directory.
# exit 77: nginx or python3 is missing, nothing was tested
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$1
. "$here/expect.sh"
. "$here/sample_shards.sh"
. "$here/nginx_server.sh"
require_nginx
work=$(mktemp -d)
trap 'finish_servers; rm -rf "$work"' EXIT
cd "$work" || exit 1

make_sample_shards
mkdir site && cp -r shards site/shards
start_nginx site
start_fault_proxy
url=http://127.0.0.1:$port/shards

train=("$bin/train" run --threads 1 --checkpoint-every 10 --validate-every 20
  --model "$here/tiny_model.toml" --recipe "$here/tiny_recipe.toml")
weights=checkpoints/step-80/model.safetensors

# same_run DIR: weights, data position, metrics, vocabulary and the manifest that says what was read.
same_run() {
  local file
  for file in "$weights" checkpoints/step-80/state.json metrics.jsonl tokenizer.json; do
    expect_same_file "local/$file" "$1/$file"
  done
  cmp -s <(jq 'del(.outputs)' local/manifest.json) <(jq 'del(.outputs)' "$1/manifest.json") || fail "$1 has another manifest"
}

expect 0 'train run: .* 80 steps' "${train[@]}" --shards shards --out local
expect 0 'train run: .* 80 steps' "${train[@]}" --shards "$url/" --out remote
same_run remote
expect 0 'up to date' "${train[@]}" --shards shards --out remote
expect 0 'up to date' "${train[@]}" --shards "$url" --out local

# Two faults for each range, then a cache that a second run needs no server for but for manifest and file ends.
expect 0 'train run: ' "${train[@]}" --shards "$proxy/reset/2/pls/shards" --cache cache --out faults
same_run faults
[ "$(find cache -type f ! -name .lock | wc -l)" -gt 0 ] || fail 'nothing is in the cache'
expect 0 'train run: ' "${train[@]}" --shards "$proxy/flip/2/pls/shards" --cache cache --cache-bytes 1000000 --out cached
same_run cached

# Stopped over HTTP, gone on from the directory, and the other way round.
stop() { # LOCATION OUT
  local pid
  "${train[@]}" --shards "$1" --out "$2" >/dev/null 2>&1 &
  pid=$!
  until [ "$(cat "$2/metrics.jsonl" 2>/dev/null | wc -l)" -gt 12 ]; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.02
  done
  kill -TERM $pid
  wait $pid
  [ $? = 143 ] || fail "$2: not stopped by SIGTERM"
}
stop "$url" moved
expect 0 'resuming at step' "${train[@]}" --shards shards --out moved
same_run moved
stop shards back
expect 0 'resuming at step' "${train[@]}" --shards "$url" --out back
same_run back

# One clear error.
expect 4 'no manifest.json|shard build' "${train[@]}" --shards "http://127.0.0.1:$port/nothing" --out x
expect 3 'damaged shard: .*pls' "${train[@]}" --shards "$proxy/flip/all/pls/shards" --http-attempts 2 --out x
expect 3 'wrong checksum of a downloaded file.*tokenizer.json' \
  "${train[@]}" --shards "$proxy/flip/all/tokenizer/shards" --http-attempts 2 --out x
expect 2 'bad --http-attempts, got 0' "${train[@]}" --shards "$url" --http-attempts 0 --out x
expect 4 'connect' "${train[@]}" --shards http://127.0.0.1:1/shards --http-attempts 1 --out x
finish
