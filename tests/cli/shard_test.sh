#!/usr/bin/env bash
# The command line of shard: results, no-ops, tasks, lists, caps, damage; exit codes and one clear line for each mistake.
#   shard_test.sh SHARD TOKENIZE WRITE_SAMPLE_DOCUMENTS
set -uo pipefail
shard=$1 tokenize=$2 write_sample_documents=$3
. "$(cd "$(dirname "$0")" && pwd)/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$write_sample_documents" documents 12 20 1 >/dev/null || fail 'no documents'
expect 0 'tokenize train: ' "$tokenize" train --documents documents --vocab-size 400 --min-repos 2 --out tokenizer
build=("$shard" build --documents documents --tokenizer tokenizer --row-tokens 128 --shard-text-bytes 50000)

for result in 'shard build: [0-9]+ train' 'up to date'; do expect 0 "$result" "${build[@]}" --out whole; done
expect 2 'overwrite' "${build[@]}" --no-header --out whole

# Any number of tasks, joined, is the whole.
for of in 2 3; do
  parts=()
  for ((task = 0; task < of; task++)); do
    parts+=("part-$task-$of")
    expect 0 "shard build: task $task of $of, [0-9]+ of [0-9]+ units" "${build[@]}" --task $task --of $of --out "${parts[-1]}" -j $of
  done
  expect 2 "1 of $of tasks" "$shard" merge "${parts[0]}" --out short
  for result in 'shard merge: ' 'up to date'; do expect 0 "$result" "$shard" merge "${parts[@]}" --out "merged-$of"; done
  diff -r --exclude=.lock whole "merged-$of" >/dev/null || fail "merged-$of is not what one run makes"
done
expect 2 'same task twice' "$shard" merge part-0-2 part-0-2 --out short
expect 3 'different runs' "$shard" merge part-0-2 part-0-3 --out short
expect 2 'bad --task' "${build[@]}" --task 2 --of 2 --out x
expect '[34]' 'shard task' "$shard" verify part-0-2

# Lists of repositories, and a cap.
printf '# held out\nrepo3\nrepo7\n' >valid.txt
printf 'repo5\n' >test.txt
expect 0 'shard build: ' "${build[@]}" --valid-list valid.txt --test-list test.txt --out listed
[ "$("$shard" stats listed --repositories | awk '$1 != "train" && NR > 1 {print $1, $NF}' | sort -u | xargs)" = \
  'test repo5 valid repo3 valid repo7' ] || fail 'lists do not decide the splits'
expect 0 'up to date' "${build[@]}" --valid-list valid.txt --test-list test.txt --out listed
echo repo8 >>valid.txt
expect 2 'overwrite' "${build[@]}" --valid-list valid.txt --test-list test.txt --out listed
echo repo99 >unknown.txt
expect 3 "listed repository without documents, got repo99" "${build[@]}" --valid-list unknown.txt --out x
expect 2 'both --valid-list and --test-list' "${build[@]}" --valid-list valid.txt --test-list valid.txt --out x
expect 4 'missing.txt' "${build[@]}" --test-list missing.txt --out x
expect 0 'max-repo-tokens: repo0 keeps' "${build[@]}" --max-repo-tokens 3000 --out capped
jq -e '.counts.capped_repositories | length == 12 and all(.[]; .kept_tokens <= 3000 and .kept_tokens > 2000)' \
  capped/manifest.json >/dev/null || fail 'caps are not kept'

# What people look at.
expect 0 'train +react .* [0-9.]+% +[0-9.]+%$' "$shard" stats whole
expect 0 'repo[0-9]+:src/app/file[0-9]+[.]ts bytes [0-9]+ to' "$shard" inspect whole --split train --row 1
expect 0 '7 files|all good' "$shard" verify whole

# Damage is named with frame, rows and documents.
file=damaged/train/shard-00001.pls
cp -r whole damaged
printf '\xff' | dd of=$file bs=1 seek=2000 conv=notrunc status=none
expect 3 "frame 0 \(rows 0 to .*repo.*$file@" "$shard" verify damaged
truncate -s -1 $file
expect 3 'shard-00001.pls' "$shard" verify damaged
rm $file
expect 3 'shard-00001.pls' "$shard" verify damaged

expect 2 'no documents' "$shard" build --tokenizer tokenizer --out x
expect 4 'nowhere' "$shard" build --documents nowhere --tokenizer tokenizer --out x
expect 4 'nowhere' "$shard" build --documents documents --tokenizer nowhere --out x
expect 2 'bad --row-tokens, got 5' "${build[@]/128/5}" --out x
expect 2 'bad --label, got vue' "$shard" inspect whole --label vue
expect 2 'bad --row, got 999999' "$shard" inspect whole --row 999999
[ ! -e x/manifest.json ] || fail 'a refused build has a manifest'
finish
