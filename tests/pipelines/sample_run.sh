# Sourced by tests of pipelines/, after expect.sh: made-up repositories and the file of a small run. Needs $root.

# make_sample_run FILE OUT: FILE describes a run in the folder OUT, both in the working folder.
make_sample_run() {
  local directory sources=''
  "$root/tests/cli/make_repositories.sh" repositories
  for directory in repositories/*; do sources+="\"dir:$PWD/$directory\", "; done
  cat >"$1" <<TOML
[run]
out = "$PWD/$2"

[ingest.run]
source = [${sources%, }]

[tokenize.train]
vocab-size = 400
min-repos = 2

[shard.build]
row-tokens = 128
shard-text-bytes = 16384

[train.run]
model = "$root/tests/cli/tiny_model.toml"
recipe = "$root/tests/cli/tiny_recipe.toml"
threads = 1
step-scale = 3  # long enough for tests to interrupt it on a quick machine
checkpoint-every = 10
validate-every = 20
rank-timeout = 60.0

[evaluate.score]
examples = 2
hole-tokens = 2

[evaluate.report]
TOML
}
