#!/usr/bin/env bash
# hardening_test.sh FOLDER: the programs in it are built with what common/cmake/flags.cmake asks for.
# exit 77: there are none, nothing was tested.
set -uo pipefail
. "$(dirname "$0")/../cli/expect.sh"
command -v readelf >/dev/null || { echo 'skipped: no readelf'; exit 77; }
tested=0
# has PROGRAM WHAT PATTERN READELF-OPTIONS...
has() {
  local program=$1 what=$2 pattern=$3
  shift 3
  # Not -q: it would end readelf by SIGPIPE, which counts as a failure.
  readelf -W "$@" "$program" 2>/dev/null | grep -E -- "$pattern" >/dev/null || fail "$program: no $what"
}
for name in ingest tokenize shard train evaluate; do
  program=$1/$name
  [ -x "$program" ] || continue
  tested=$((tested + 1))
  has "$program" 'position independent executable' 'Type: +DYN' --file-header
  has "$program" 'relocations that become read-only' 'GNU_RELRO' --program-headers
  has "$program" 'stack without execution' 'GNU_STACK .* RW +0x' --program-headers
  has "$program" 'binding at the start' 'BIND_NOW|FLAGS.*NOW' --dynamic
  has "$program" 'stack protector' '__stack_chk_fail' --dyn-syms
  has "$program" 'checked functions' '__[a-z]+_chk(@| |$)' --dyn-syms
  if [ "$(uname -m)" = x86_64 ] && command -v objdump >/dev/null; then
    [ "$(objdump -d --no-show-raw-insn "$program" | grep -c endbr64 || true)" -gt 100 ] || fail "$program: no branch targets (CET)"
  fi
done
[ $tested -gt 0 ] || { echo "skipped: no programs in $1"; exit 77; }
finish
