#!/usr/bin/env bash
# The command line of ingest: exit codes, what goes to stdout, and one clear line for each mistake.
#   ingest_test.sh PATH-TO-INGEST
set -uo pipefail
ingest=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# expect CODE PATTERN ARGUMENTS...: runs ingest; its exit code is CODE, and stdout and stderr together match PATTERN.
expect() {
  local code=$1 pattern=$2 output got
  shift 2
  output=$("$ingest" "$@" 2>&1)
  got=$?
  if [ "$got" != "$code" ] || ! grep -qE -- "$pattern" <<<"$output"; then
    printf 'FAILED: ingest %s\n  exit %s, expected %s; expected a line like: %s\n  got: %s\n' \
      "$*" "$got" "$code" "$pattern" "$output" >&2
    failures=$((failures + 1))
  fi
}

mkdir -p app empty
printf '{"name":"app","dependencies":{"@nestjs/common":"1"}}' >app/package.json
printf "import { Module } from '@nestjs/common';\n@Module({})\nexport class A {}\n" >app/a.module.ts
printf 'package\tversion\n' >empty.tsv
printf 'this is no archive' >bad.tgz

expect 0 'ingest|Usage' --help
expect 0 '^[0-9]+\.[0-9]+' --version
expect 0 '^chunk-chars=1500' run --dump-config
expect 2 'subcommand' --
expect 2 'no output directory' run dir:app
expect 2 'no source' run --out out
expect 2 'bad source, got app' run app --out out
expect 2 'exact version' run npm:rxjs@latest --out out
expect 2 'bad --chunk-chars, got 3' run dir:app --out out --chunk-chars 3
expect 3 'source list is empty' run --sources empty.tsv --out out
expect 3 'damaged archive' run tgz:bad.tgz --out out
expect 3 'no usable TypeScript' run dir:empty --out out
expect 4 'cannot open file.*missing.tsv' run --sources missing.tsv --out out
expect 4 'no such folder' run dir:missing --out out
expect 4 'no such repository' run git:missing --out out
expect 0 '^ingest run: 1 files' run dir:app --out out
expect 0 '^ingest run: up to date' run dir:app --out out
expect 2 'another configuration or input' run dir:app --out out --chunk-chars 100
expect 0 '^ingest run: 1 files' run dir:app --out out --chunk-chars 100 --overwrite
expect 0 '1 sources FAILED' run dir:app dir:missing --out kept --keep-going
expect 0 'nestjs \(confidence' explain app/a.module.ts
expect 3 'not a TypeScript file' explain app/package.json
expect 4 'cannot open file' explain missing.ts

printf '[run]\nsource = ["dir:app"]\nout = "configured"\n' >config.toml
expect 0 '^ingest run: 1 files.*configured' --config config.toml run

if [ "$("$ingest" run dir:app --out plain 2>/dev/null | head -c 10)" != 'ingest run' ]; then
  echo 'FAILED: stdout does not start with the result' >&2
  failures=$((failures + 1))
fi
exit $((failures > 0))
