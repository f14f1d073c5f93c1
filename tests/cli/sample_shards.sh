# Sourced by CLI tests, after expect.sh: made-up repositories in the working folder, as `documents`, `tokenizer` and
# `shards` with rows of 128 tokens. Needs $here (this folder) and $bin.

make_sample_shards() {
  local directory sources=()
  "$here/make_repositories.sh" repositories
  for directory in repositories/*; do sources+=("dir:$directory"); done
  expect 0 'ingest run: ' "$bin/ingest" run "${sources[@]}" --out documents
  expect 0 'tokenize train: ' "$bin/tokenize" train --documents documents --vocab-size 400 --min-repos 2 --out tokenizer
  expect 0 'shard build: ' "$bin/shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --out shards
}
