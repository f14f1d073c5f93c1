#!/usr/bin/env bash
# Shards read from nginx on loopback, directly and through a proxy with faults: the right rows or one clear error.
#   shard_http_test.sh SHARD TOKENIZE WRITE_SAMPLE_DOCUMENTS STREAM_ROWS     exit 77: a tool is missing, nothing was tested
set -uo pipefail
shard=$1 tokenize=$2 write_sample_documents=$3 stream_rows=$4
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"
. "$here/nginx_server.sh"
require_nginx
work=$(mktemp -d)
trap 'finish_servers; rm -rf "$work"' EXIT
cd "$work" || exit 1

# Two shard directories with files of the same names, from the same tokenizer.
"$write_sample_documents" documents 12 120 1 >/dev/null && "$write_sample_documents" others 12 120 2 >/dev/null || fail 'no documents'
expect 0 'tokenize train: ' "$tokenize" train --documents documents --vocab-size 400 --min-repos 2 --out tokenizer
build=("$shard" build --tokenizer tokenizer --row-tokens 2048 --shard-text-bytes 2000000)
expect 0 'shard build: ' "${build[@]}" --documents documents --out site/shards
expect 0 'shard build: ' "${build[@]}" --documents others --out site/other

start_nginx site
start_fault_proxy
site=http://127.0.0.1:$port/shards

# What a directory gives, a URL gives.
rows=150
local_rows=$("$stream_rows" site/shards $rows 2>/dev/null) || fail 'no local rows'
[ "$("$stream_rows" site/shards/ $rows 2>/dev/null)" != "$("$stream_rows" site/other $rows 2>/dev/null)" ] || fail 'both directories are alike'
for arguments in 'inspect --split train --row 3' 'inspect --split test' 'stats' 'stats --repositories'; do
  read -ra words <<<"$arguments"
  "$shard" "${words[0]}" site/shards "${words[@]:1}" >local.txt || fail "local $arguments"
  "$shard" "${words[0]}" "$site" "${words[@]:1}" --cache cache >remote.txt || fail "remote $arguments"
  expect_same_file local.txt remote.txt
done
expect 0 "all good -> $site" "$shard" verify "$site/"

# stream LOCATION [CACHE [BYTES]]: prints the digest of the rows.
stream() { "$stream_rows" "$1" $rows "${@:2}" 2>errors; }
same_rows() { [ "$(stream "$@")" = "$local_rows" ] || fail "other rows from $1: $(tail -1 errors)"; }
same_rows "$site"

# Fewer faults than tries: the rows of the directory come out.
for fault in reset short cut shifted total whole flip encoded longer 416 500; do same_rows "$proxy/$fault/2/pls/shards"; done
for fault in reset short cut flip encoded longer 500; do same_rows "$proxy/$fault/1/manifest/shards"; done
for fault in whole moved nameless; do same_rows "$proxy/$fault/all/any/shards"; done
same_rows "$proxy/503/1/manifest/shards"
same_rows "$proxy/silent/1/manifest/shards"

# Faults without end: one error that says what is wrong.
never() { expect "$1" "$2" "$stream_rows" "$proxy/$3/all/${4:-pls}/shards" $rows; }
never 4 'cannot download: .*after 3 tries' reset
never 4 'cannot download: .*after 3 tries' short
never 3 'range of another length.*after 3 tries' longer
never 3 'range of another length, got [0-9]+ bytes, expected [0-9]+.*after 3 tries' cut
never 3 'the server sent another range, got bytes .*after 3 tries' shifted
never 3 'the server sent another range, got bytes .*after 3 tries' total
never 3 'damaged shard: .*pls' flip
never 3 'Content-Encoding: gzip' encoded
never 4 'status 404, in .*pls' 404
never 3 'shorter than the manifest says' 416
never 4 'status 500, .*after 3 tries' 500
never 4 'redirects' loop
never 4 'no manifest.json' 404 manifest
never 3 'manifest.json' flip manifest
expect 4 'too slow.*after 1 try' "$shard" stats "$proxy/stall/all/manifest/shards" --http-attempts 1 --http-stall-seconds 1
expect 3 'wrong checksum of a downloaded file.*tokenizer.json.*after 2 tries' \
  "$shard" inspect "$proxy/flip/all/tokenizer/shards" --http-attempts 2
expect 4 'Connection refused|connect' "$stream_rows" http://127.0.0.1:1/shards $rows
expect 2 'query' "$shard" stats "$site?x=1"
expect 2 'bad --http-attempts, got 0' "$shard" stats "$site" --http-attempts 0

# Another file under the same URL in the middle of a run: seen by its version, and without one by the checksums.
expect 3 'the file was replaced while it was read' "$stream_rows" "$proxy/replaced/all/pls/shards" $rows
expect 3 'damaged shard|another range|shorter' "$stream_rows" "$proxy/swapped/all/pls/shards" $rows

# The cache: the second run asks for manifest and file ends only; what is damaged there is fetched again.
requests() { grep -c . requests; }
same_rows "$proxy/none/0/any/shards" kept
cold=$(requests)
same_rows "$proxy/none/0/any/shards" kept
files=$(find site/shards/train -name '*.pls' | wc -l)
[ $(($(requests) - cold)) = $((files + 2)) ] || fail "with a cache: $(($(requests) - cold)) requests for $files files"
i=0
for block in $(find kept -type f ! -name .lock); do
  case $((i++ % 3)) in
    0) printf 'x' | dd of="$block" bs=1 seek=400 conv=notrunc status=none ;;
    1) truncate -s 100 "$block" ;;
    2) : >"$block" ;;
  esac
done
same_rows "$proxy/none/0/any/shards" kept
[ "$(grep -c 'damaged file in the cache' errors)" -ge 5 ] || fail 'damaged blocks are not named'
same_rows "$proxy/flip/2/pls/shards" flipped   # no bad block stays
same_rows "$proxy/none/0/any/shards" flipped
! grep -q 'damaged file' errors || fail 'a damaged block was kept'

# A new version is never mixed with blocks of the old one: the URL is the same, the ETag is not.
cp -r site/shards site/moving
stream "http://127.0.0.1:$port/moving" kept >/dev/null
rm -r site/moving && cp -r site/other site/moving
[ "$(stream "http://127.0.0.1:$port/moving" kept)" = "$(stream site/other)" ] || fail "old blocks: $(tail -1 errors)"

# Bounded, with two processes at a time, and no harm where it cannot be written.
bound=300000
(stream "$site" bounded $bound >second) & pid=$!
same_rows "$site" bounded $bound
wait $pid
[ "$(cat second)" = "$local_rows" ] || fail 'other rows in the second process'
bytes=$(find bounded -type f -printf '%s\n' | paste -sd+ | bc)
[ "$bytes" -le $((bound + bound / 8)) ] || fail "the cache has $bytes bytes"
touch file
expect 4 'cannot create directory' "$stream_rows" "$site" $rows file
mkdir blocked && for ((i = 0; i < 256; i++)); do touch "blocked/$(printf %02x $i)"; done
same_rows "$site" blocked
grep -q 'the cache is not written to' errors || fail 'no word about a cache that cannot be written'

# Reading ahead has several requests under way at once.
same_rows "$proxy/slow/all/pls/shards"
[ "$(sort -n requests.peak | tail -1)" -ge 4 ] || fail "at most $(sort -n requests.peak | tail -1) requests at once"

# A signal ends it at once, also while a server stalls.
"$stream_rows" "$proxy/silent/all/pls/shards" $rows 2>/dev/null & pid=$!
sleep 0.5
kill -INT $pid
wait $pid
[ $? = 130 ] || fail 'SIGINT does not end a stalled request with 130'
finish
