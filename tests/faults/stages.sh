# The stages that run.sh breaks; sourced by it. A stage NAME is a function inputs_NAME, which makes its inputs once in the
# working directory, and command_NAME, which sets `command` to what writes to "$out" with "$threads" threads; what the
# stage keeps between runs goes to "$state". A new stage needs these two and its name in `stages`; unlike_NAME, if there is
# one, sets `unlike` to the options of diff(1) that leave out files which differ from run to run.
stages=(ingest fetch ingest_merge tokenize shard shard_merge)
other_stages=(train)  # only when named: slow, and it needs LibTorch

inputs_ingest() {
  [ ! -d repositories ] || return 0
  "$here/../cli/make_repositories.sh" repositories
  tar -czf package.tgz -C repositories nextjs-1
  git -C repositories/core-2 init -q -b main
  git -C repositories/core-2 add -A
  git -C repositories/core-2 -c user.name=T -c user.email=t@example.com commit -q -m x
  printf '{"text":"export const a = %s;","path":"a%s.ts"}\n' 1 1 2 2 >records.jsonl
}
command_ingest() {
  command=("$bin/ingest" run dir:repositories/nestjs-1 tgz:package.tgz git:repositories/core-2 jsonl:records.jsonl
    --out "$out" --cache "$state/cache" --threads "$threads")
}

inputs_fetch() { inputs_ingest; }
command_fetch() {
  command=("$bin/ingest" run "git:file://$PWD/repositories/core-2" --retries 0 --out "$out" --cache "$state/cache"
    --threads "$threads")
}

inputs_ingest_merge() {
  inputs_ingest
  local task
  for task in 0 1; do
    "$bin/ingest" run dir:repositories/{nestjs,react}-1 --cache cache --task $task --of 2 --out "documents-part-$task"
  done
}
command_ingest_merge() {
  command=("$bin/ingest" merge documents-part-0 documents-part-1 --out "$out" --threads "$threads")
}

inputs_tokenize() { [ -d documents ] || "$tools/write_sample_documents" documents 12 2 1; }
command_tokenize() {
  command=("$bin/tokenize" train --documents documents --vocab-size 300 --min-repos 2 --out "$out" --threads "$threads")
}

inputs_shard() {
  inputs_tokenize
  [ -d tokenizer ] ||
    "$bin/tokenize" train --documents documents --vocab-size 300 --min-repos 2 --out tokenizer --threads 1
}
command_shard() {
  command=("$bin/shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --shard-text-bytes 5000
    --out "$out" --threads "$threads")
}

inputs_shard_merge() {
  inputs_shard
  local task
  for task in 0 1; do
    out=shards-part-$task threads=1 command_shard
    "${command[@]}" --task $task --of 2
  done
}
command_shard_merge() {
  command=("$bin/shard" merge shards-part-0 shards-part-1 --out "$out" --threads "$threads")
}

# One thread, because its bytes are those of a number of threads.
inputs_train() {
  inputs_ingest
  local name
  "$bin/ingest" run dir:repositories/{core,nestjs,nextjs,react}-{1,2,3} --cache cache --out train-documents
  "$bin/tokenize" train --documents train-documents --vocab-size 400 --min-repos 2 --out train-tokenizer
  "$bin/shard" build --documents train-documents --tokenizer train-tokenizer --row-tokens 128 --out train-shards
}
command_train() {
  command=("$bin/train" run --shards train-shards --model "$here/../cli/tiny_model.toml" --recipe
    "$here/../cli/tiny_recipe.toml" --checkpoint-every 10 --validate-every 40 --threads 1 --out "$out")
}
# A run that was stopped may keep other checkpoints on its way to the last one.
unlike_train() { unlike=(--exclude=timing.jsonl --exclude=manifest.json --exclude='step-[1-7]*'); }
