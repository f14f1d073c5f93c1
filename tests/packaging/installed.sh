# Sourced: what every installed Palimpsest does, wherever it lies.

# check_installed ROOT TORCH: ROOT is the prefix, e.g. /tmp/x/usr; TORCH a folder with lib/libtorch_cpu.so, or empty.
check_installed() {
  local bin=$1/bin share=$1/share torch=$2 name sources=() folder
  for name in ingest tokenize shard; do
    expect 0 '^[0-9]+\.[0-9]+\.[0-9]+ \(.+\)$' "$bin/palimpsest-$name" --version
    expect 0 "Usage: palimpsest-$name " "$bin/palimpsest-$name" --help
  done

  "$here/../cli/make_repositories.sh" repositories
  for folder in repositories/*; do sources+=("dir:$folder"); done
  expect 0 'ingest run: ' "$bin/palimpsest-ingest" run "${sources[@]}" --cache cache --out documents
  expect 0 'tokenize train: ' "$bin/palimpsest-tokenize" train --documents documents --vocab-size 300 --min-repos 2 --out tokenizer
  expect 0 'shard build: ' "$bin/palimpsest-shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --out shards
  expect 0 'all good' "$bin/palimpsest-shard" verify shards

  [ -s "$share/palimpsest/recipes/two-stage.toml" ] || fail 'no recipes'
  [ -s "$share/palimpsest/frameworks.toml" ] || fail 'no table of frameworks'
  [ -s "$share/man/man1/palimpsest-ingest.1.gz" ] || fail 'no man page'
  if command -v groff >/dev/null; then
    for folder in "$share"/man/man1/*; do
      [ -z "$(zcat "$folder" | groff -man -Tutf8 -ww 2>&1 >/dev/null)" ] || fail "$folder: groff complains"
    done
    zcat "$share/man/man1/palimpsest-ingest.1.gz" | groff -man -Tascii -P-cbou >page
    grep -q -- '--max-file-bytes' page || fail 'an option is not in the man page'
  fi
  check_completions "$share"

  [ -e "$bin/palimpsest-train" ] || return 0
  for name in train evaluate; do
    [ -e "$1/lib/palimpsest/torch" ] || PALIMPSEST_TORCH='' expect 4 'no LibTorch [0-9.]+, expected .*; unpack' "$bin/palimpsest-$name" --version
    [ -z "$torch" ] || PALIMPSEST_TORCH=$torch expect 0 "Usage: palimpsest-$name " "$bin/palimpsest-$name" --help
  done
}

# completes SHARE NAME WORDS...: what bash offers for the last word.
completes() {
  local share=$1 name=$2
  shift 2
  bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${1//-/_}; echo "${COMPREPLY[*]}"' - \
    "$share/bash-completion/completions/$name" "$name" "$@"
}

check_completions() {
  local share=$1
  [ "$(completes "$share" palimpsest-ingest m)" = merge ] || fail 'bash: no subcommand'
  [ "$(completes "$share" palimpsest-ingest run --max-f)" = --max-file-bytes ] || fail 'bash: no option'
  [ "$(completes "$share" palimpsest-ingest run --log-format '')" = 'text json' ] || fail 'bash: no values'
  [ -z "$(completes "$share" palimpsest-ingest run --out '')" ] || fail 'bash: words where a file belongs'
  if command -v zsh >/dev/null; then
    zsh -n "$share/zsh/vendor-completions/_palimpsest-ingest" || fail 'zsh cannot read its completion'
  fi
  if command -v fish >/dev/null; then
    HOME=$PWD fish -c "source $share/fish/vendor_completions.d/palimpsest-ingest.fish; complete -C 'palimpsest-ingest run --max-f'" |
      grep -q '^--max-file-bytes' || fail 'fish: no option'
  fi
}
