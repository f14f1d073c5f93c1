#!/usr/bin/env bash
# report_cli_test.sh REPORT_CLI: finding what belongs to a run, reruns, several runs, and bad input.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cli=$1
. "$here/../../cli/expect.sh"
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
report() { "$cli" report "$@"; }
make_run() { python3 "$here/make_run.py" "$@"; }
has() { grep -aq -- "$2" "$1" || fail "$1 lacks $2"; }
lacks() { ! grep -aq -- "$2" "$1" || fail "$1 has $2"; }

make_run a
make_run b --seed 2 --steps 100

# A folder of a whole chain: everything is found by digest. The stage contract, and the page alone.
for result in 'report: -> ' 'up to date'; do expect 0 "$result" report a --out out; done
for result in 'report: -> ' 'up to date'; do expect 0 "$result" report a -o page.html; done
expect_same_file out/report.html page.html
for id in scores training routing forced probe infill corpus tokenizer facts; do has page.html "<section id=\"$id\""; done
lacks page.html 'class="notes"'
expect 2 'overwrite' report b --out out
expect 0 'report: -> ' report b -o page.html
echo 'my notes' >mine.html
expect 2 'not a report' report a -o mine.html
expect 0 'report: -> ' report a -o mine.html --overwrite

# Names of folders say nothing; the flags of the pipelines work.
mkdir moved && cp -r a/model moved/x1 && cp -r a/scores moved/x2 && cp -r a/shards moved/x3 && cp -r a/documents moved/x4
expect 0 'report: -> ' report a=moved -o moved.html
lacks moved.html '<section id="probe"'
has moved.html '<section id="corpus"'
expect 0 'report: -> ' report --model a/model --scores a/scores --out flags
expect_same_file out/report.html flags/report.html

# Several runs: named, overlaid, and told apart by what differs.
expect 0 'report: -> ' report first=a second=b -o two.html
has two.html 'first and second, compared'
has two.html 'Options in which the runs differ'
expect 0 'report: -> ' report a a b -o same.html
has same.html 'a, a (2) and b, compared'
expect 3 'none of the runs' report a/model --model b/model --scores a/scores --scores moved/x2 -o x.html
expect 2 'at most 8' report a a a a a a a a a -o x.html
mkdir both && cp -r a/model both/m1 && cp -r b/model both/m2
expect 2 'several runs in one folder' report both -o x.html

# A run that was killed: no manifest, a cut last line. A run whose scores are of another one.
cp -r a/model killed && rm killed/manifest.json && head -c 20000 a/model/metrics.jsonl >killed/metrics.jsonl
expect 0 'report: -> ' report killed -o killed.html
has killed.html 'last line of metrics.jsonl is incomplete'
has killed.html 'has not finished'
expect 0 'report: -> ' report a --scores b/scores -o foreign.html
has foreign.html 'does not have'

# NaN, nothing at all, damage.
cp -r a nan && sed -i '3,9s/"nelbo": [0-9.]*/"nelbo": NaN/; 12s/"bits_per_byte": [0-9.]*/"bits_per_byte": null/' nan/model/metrics.jsonl
expect 0 'report: -> ' report nan -o nan.html
has nan.html '7 losses in metrics.jsonl are not numbers'
mkdir empty && : >empty/metrics.jsonl
expect 3 'empty run' report empty -o x.html
cp -r a damaged && sed -i '5s/"step"/"step/' damaged/model/metrics.jsonl
expect 3 'metrics.jsonl line 5' report damaged -o x.html
cp -r a cut && truncate -s 300 cut/scores/scores.json
expect 3 'scores.json@' report cut -o x.html
cp -r a list && echo '[1, 2]' >list/scores/scores.json
expect 0 'report: -> ' report list -o list.html
echo '{"fill": 3' >hole.json
expect 3 'hole.json@' report a --infill hole.json -o x.html
expect 4 'hole2.json' report a --infill hole2.json -o x.html
expect 4 'no such run' report missing -o x.html
mkdir nothing
expect 4 'no metrics.jsonl' report nothing -o x.html
expect 2 'no run' report -o x.html
expect 2 'no output' report a
expect 4 'no manifest.json' report a --scores nothing -o x.html
: >file
expect 4 'file' report a -o file/x.html
expect '[24]' 'file' report a --out file
[ ! -e x.html ] || fail "a failed report left a file"

# Hostile names: of folders, too.
make_run hostile --hostile
odd=$(printf 'odd\xff\xed\xa0\x80<script>"\n')
mv hostile "$odd"
expect 0 'report: -> ' report "$odd" -o hostile.html
lacks hostile.html '<script>bad'
lacks hostile.html 'onerror=bad()>'
lacks hostile.html $'\xe2\x80\xae'
[ "$(grep -ao '</script>' hostile.html | wc -l)" = 4 ] || fail "hostile.html has other than 4 script ends"
python3 -c 'open("hostile.html", encoding="utf-8").read()' || fail "hostile.html is not UTF-8"

# A long run: a small page, soon.
make_run long --steps 10000
begin=$(date +%s%N)
expect 0 'report: -> ' report long -o long.html
bytes=$(stat -c %s long.html)
printf '10,000 steps: %s bytes of metrics, page of %s bytes in %s ms\n' "$(stat -c %s long/model/metrics.jsonl)" "$bytes" \
  $((($(date +%s%N) - begin) / 1000000))
[ "$bytes" -le 5242880 ] || fail "the page of a 10,000-step run has $bytes bytes"

finish
