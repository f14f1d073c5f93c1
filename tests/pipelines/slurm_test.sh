#!/usr/bin/env bash
# slurm_test.sh BIN ROOT: the chain under a Slurm cluster of this machine has the bytes of a local run; two ranks that are
# preempted twice end with the weights of two that were not. exit 77: no Slurm
#
# CONFIG=FILE slurm_test.sh BIN ROOT: the same with another run instead of the made-up repositories, [slurm] tasks 4,
# ranks 2 included.
set -uo pipefail
bin=$(realpath "$1")
root=$2
for tool in munged slurmctld slurmd sbatch; do
  command -v $tool >/dev/null || { echo "skipped: no $tool; run pipelines/setup.sh --operations"; exit 77; }
done
. "$root/tests/cli/expect.sh"
. "$root/tests/pipelines/sample_run.sh"
work=$(mktemp -d)
trap '"$root/pipelines/slurm/local_cluster.sh" stop "$work/cluster" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
export OMP_NUM_THREADS=1
submit() { "$root/pipelines/slurm/submit.py" "$@" --bin "$bin"; }

if [ -z "${CONFIG:-}" ]; then
  make_sample_run run.toml out
  sed -i 's/^threads = 1$//' run.toml
  printf '\n[slurm]\ntasks = 4\nranks = 2\ncpus = 1\n' >>run.toml
fi
config=$(realpath "${CONFIG:-run.toml}")
"$root/pipelines/slurm/local_cluster.sh" start cluster || { fail 'the cluster does not start'; finish; }
export SLURM_CONF=$work/cluster/slurm.conf

# Uninterrupted: the local run of all but training, and two ranks started by hand.
"$root/pipelines/run.sh" "$config" --bin "$bin" --out local --step ingest >/dev/null 2>&1 &&
  "$root/pipelines/run.sh" "$config" --bin "$bin" --out local --step tokenize >/dev/null 2>&1 &&
  "$root/pipelines/run.sh" "$config" --bin "$bin" --out local --step shard >/dev/null 2>&1 || fail 'local run'
command=$(cd "$root" && pipelines/run.sh "$config" --bin "$bin" --out "$work/local" --step train --dry-run) ||
  fail "$command"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for rank in 0 1; do
  (cd "$root" && RANK=$rank WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=$port bash -c "exec $command --threads=1") \
    >"local-rank$rank.log" 2>&1 &
done
wait || fail "two ranks by hand: $(cat local-rank*.log)"

submit "$config" --out slurm >jobs || fail "submit.py: $(cat jobs)"
train=$(awk '$2 == "train" { print $1 }' jobs)
last=$(awk 'END { print $1 }' jobs)
state() { squeue --noheader --states all --format %T --job "$1" | sort -u | paste -sd ,; }
steps() { cat slurm/model/metrics.jsonl 2>/dev/null | wc -l; }
all_steps=$(wc -l <local/model/metrics.jsonl)
# trained LINES: waits until so much of the training is logged; a job that was requeued need not wait its two minutes.
trained() {
  until [ "$(steps)" -gt "$1" ]; do
    case $(state "$train") in PENDING | RUNNING | COMPLETING | CONFIGURING | REQUEUED) ;; *) return 1 ;; esac
    scontrol update JobId="$train" StartTime=now 2>/dev/null
    sleep 0.05
  done
}
restarts() { scontrol show job "$train" | grep -o 'Restarts=[0-9]*' | cut -d= -f2; }
# requeued N: waits until the job was requeued for the Nth time.
requeued() {
  for _ in $(seq 600); do
    [ "$(restarts)" != "$1" ] || return 0
    sleep 0.1
  done
  fail "training was not requeued $1 times: $(state "$train")"
}

# First by a job of the urgent partition, then by the signal that comes before a time limit.
trained $((all_steps / 5)) || fail "training ended early: $(state "$train")"
sbatch --partition urgent --ntasks 2 --output /dev/null --wrap 'sleep 1' >/dev/null || fail 'sbatch'
requeued 1
before=$(steps)
trained $((before + all_steps / 5)) || fail "training ended early: $(state "$train")"
scancel --signal USR1 --batch "$train"
requeued 2
while :; do
  case $(state "$last") in
    COMPLETED) break ;;
    PENDING | RUNNING | COMPLETING) scontrol update JobId="$train" StartTime=now 2>/dev/null; sleep 0.2 ;;
    *) fail "the chain ended as $(state "$last")"$'\n'"$(squeue --states all; tail -n 20 slurm/logs/slurm-train*; tail -n 60 cluster/log/slurmctld.log)"; break ;;
  esac
done

for part in documents tokenizer shards; do
  diff -r --exclude='.*' local/$part slurm/$part >&2 || fail "$part differ from the local run's"
done
expect_same_file local/model/metrics.jsonl slurm/model/metrics.jsonl
for file in local/model/checkpoints/*/*.safetensors; do expect_same_file "$file" "slurm/${file#local/}"; done
[ "$(jq .counts.ranks slurm/model/manifest.json)" = 2 ] || fail 'the manifest does not say 2 ranks'
[ -s slurm/report/report.html ] || fail 'no report'
grep -c 'resuming at step' slurm/logs/slurm-train-*.out | grep -qx 2 || fail "not resumed twice: $(cat slurm/logs/slurm-train-*.out)"
grep -q 'out of time' slurm/logs/slurm-train-*.out || fail 'USR1 did not requeue'

# What is done does nothing; a step that fails cancels the rest, and --wait says so.
expect 0 'report' submit "$config" --out slurm --wait
grep -q 'up to date' slurm/logs/slurm-train-*.out || fail 'a finished training is not a no-op'
sed 's/^\[tokenize.train\]/&\nveto = "("/' "$config" >bad.toml
submit bad.toml --out bad --wait >jobs 2>said && fail 'a failed chain has exit code 0'
grep -q 'FAILED: the last job is CANCELLED' said || fail "submit.py does not say that it failed: $(cat said)"
grep -q 'palimpsest: FAILED tokenize exit 2' bad/logs/slurm-tokenize-*.out || fail "$(cat bad/logs/slurm-tokenize-*)"
finish
