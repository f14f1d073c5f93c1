#!/usr/bin/env bash
# Sources that attack the reader: each ends within 2 s of CPU and 256 MiB, with an error or with the good file alone.
#   ingest_hostile_test.sh PATH-TO-INGEST        exit 77: a tool is missing, nothing was tested
set -uo pipefail
ingest=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"
for tool in git python3 zstd; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
python3 "$here/make_hostile_sources.py" sources || exit 1

# attack EXIT PATTERN NAME ARGUMENTS...
attack() {
  local exit=$1 pattern=$2 name=$3
  shift 3
  expect "$exit" "$pattern" python3 "$here/measure.py" 2 256 \
    "$ingest" run "$@" --out "out/$name" --cache "cache/$name" --threads 1
  # Shown with ctest -V.
  python3 "$here/measure.py" 2 256 "$ingest" run "$@" --out "out/$name-2" --cache "cache/$name-2" --threads 1 2>&1 |
    grep '^used' | sed "s/^/$name: /"
}
zcat_zstd() { zstd -dcq "$1"/documents-*.zst; }
skipped() { grep -c "\"reason\":\"$2\"" "out/$1/skipped.jsonl"; }

attack 0 '1 files' paths git:sources/paths.git
[ "$(skipped paths unsafe_path)" -ge 4 ] || fail "unsafe paths: $(cat out/paths/skipped.jsonl)"
[ "$(skipped paths link)" = 1 ] && [ "$(skipped paths submodule)" = 1 ] || fail 'links and submodules'
attack 0 '1 files' paths-fetched "git:file://$work/sources/paths.git"
attack 0 '1 files' deep git:sources/deep.git
attack 0 '1 files' delta git:sources/delta.git
attack 4 'too much memory|git failed' delta-fetched "git:file://$work/sources/delta.git" --retries 0
attack 0 '1 files' blob git:sources/blob.git
attack 0 '1 files' blob-fetched "git:file://$work/sources/blob.git"
attack 0 '1 files' blob-shallow "git:file://$work/sources/blob.git" --shallow
attack 0 '1 files' tar-paths tgz:sources/paths.tgz
attack 3 'unpacks to too much' tar-bomb tgz:sources/bomb.tgz
attack 0 '1 files' tar-many tgz:sources/many.tgz

# Texts. Whatever becomes of one that is TypeScript, it must not hurt the file beside it.
for text in children brackets open_parentheses open_braces open_tags deep_calls else_chain long_line templates; do
  attack 0 'files' "$text" "dir:sources/$text" --max-file-bytes 4000000
  grep -q '"path":"good.ts"' <(zcat_zstd "out/$text") || fail "$text: the good file is lost"
done
attack 0 '1 files' not_code dir:sources/not_code
for reason in mpeg_video qt_translation binary not_utf8 utf16 link; do
  [ "$(skipped not_code $reason)" -ge 1 ] || fail "not_code: no file is skipped as $reason"
done
finish
