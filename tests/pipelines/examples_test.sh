#!/usr/bin/env bash
# examples_test.sh BIN ROOT: the files for cron, systemd, logrotate, GitHub, Kubernetes and Snakemake are valid, and what
# can be run on this machine is run. A tool that is missing skips its part; exit 77: nothing could be checked
set -uo pipefail
bin=$(realpath "$1")
root=$2
. "$root/tests/cli/expect.sh"
. "$root/tests/pipelines/sample_run.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export OMP_NUM_THREADS=1
export PYTHONPATH=$root/.deps/operations${PYTHONPATH:+:$PYTHONPATH}
pipelines=$root/pipelines
examples=$pipelines/examples
checked=0
# have TOOL: whether TOOL is there to check with.
have() {
  command -v "$1" >/dev/null && { checked=$((checked + 1)); return; }
  echo "skipped: no $1; run pipelines/setup.sh --operations"
  return 1
}
# here FILE: an example with this clone in place of /opt/palimpsest.
here() { sed "s#/opt/palimpsest#$root#g" "$1"; }

"$pipelines/run.sh" "$examples/nightly.toml" --dry-run | grep -c -- --overwrite | grep -qx 6 || fail 'nightly.toml'

if have crontab; then
  crontab -n "$examples/crontab" >/dev/null || fail 'crontab'
  sed 's/^17 2/77 2/' "$examples/crontab" >bad-crontab
  crontab -n bad-crontab >/dev/null 2>&1 && fail 'crontab -n accepts anything'
  here "$examples/crontab" | sed -n 's/^17 2 \* \* \* //p' >cron-command
  expect 0 'shard .*build' sh -c "$(cat cron-command) --dry-run"
fi

if have systemd-analyze; then
  for unit in service timer; do here "$examples/palimpsest.$unit" | sed "s/^User=.*/User=$(id -un)/" >palimpsest.$unit; done
  said=$(systemd-analyze verify "$work/palimpsest.service" "$work/palimpsest.timer" 2>&1) || fail "units: $said"
  grep -F "$work/palimpsest" <<<"$said" && fail 'systemd-analyze verify complains'
  expect 0 'shard .*build' sh -c "$(sed -n 's/^ExecStart=//p' palimpsest.service) --dry-run"
fi

# A real rotation: the next run writes a new log, the old one is kept.
make_sample_run run.toml runs/sample
run=("$pipelines/run.sh" run.toml --bin "$bin")
"${run[@]}" --step ingest >/dev/null 2>&1 || fail 'run.sh --step ingest'
if have logrotate; then
  sed "s#/opt/palimpsest#$work#; s/su palimpsest palimpsest/su $(id -un) $(id -gn)/" "$examples/logrotate.conf" >logrotate.conf
  said=$(logrotate --debug logrotate.conf 2>&1) || fail "logrotate: $said"
  grep -q '^error' <<<"$said" && fail "logrotate: $said"
  logrotate --force --state "$work/state" logrotate.conf || fail 'logrotate --force'
  [ -s runs/sample/logs/ingest.log.1 ] && [ ! -e runs/sample/logs/ingest.log ] || fail "$(ls runs/sample/logs)"
  "${run[@]}" --step ingest >/dev/null 2>&1
  [ "$(grep -c '^== ' runs/sample/logs/ingest.log)" = 1 ] || fail 'the run behind a rotation writes no log of its own'
fi

if python3 -c 'import check_jsonschema' 2>/dev/null; then
  checked=$((checked + 1))
  github=(python3 -m check_jsonschema --builtin-schema vendor.github-workflows)
  "${github[@]}" "$examples/github-workflow.yml" >said || fail "github-workflow.yml: $(cat said)"
  sed 's/runs-on/run-on/' "$examples/github-workflow.yml" >bad.yml
  "${github[@]}" bad.yml >/dev/null && fail 'the schema of workflows accepts anything'
  # The folder that holds report and scores of its default run, and the targets of its build.
  grep -q 'runs/\*/report' "$examples/github-workflow.yml" || fail 'github-workflow.yml keeps no report'
else
  echo 'skipped: no check-jsonschema; run pipelines/setup.sh --operations'
fi

# Kubernetes: the schemas, then the pods' very commands, one after the other, in the place of the cluster.
if python3 -c 'import kubernetes_validate' 2>/dev/null; then
  checked=$((checked + 1))
  "${run[@]}" --out "$work/local" >/dev/null 2>&1 || fail 'local run'
  make_sample_run kubernetes.toml kubernetes
  python3 -B "$root/tests/pipelines/kubernetes_pods.py" "$pipelines/kubernetes" >pods || fail 'kubernetes manifests'
  [ "$(wc -l <pods)" = 14 ] || fail "14 pods expected: $(cat pods)"
  while IFS= read -r command; do
    command=${command/\/config\/run.toml/$work/kubernetes.toml --bin $bin}
    expect 0 '^palimpsest: done' sh -c "cd '$root' && $command"
  done <pods
  for part in documents tokenizer shards; do
    diff -r --exclude='.*' "local/$part" "kubernetes/$part" >&2 || fail "$part of the pods differ"
  done
  expect_same_file local/model/metrics.jsonl kubernetes/model/metrics.jsonl
else
  echo 'skipped: no kubernetes-validate; run pipelines/setup.sh --operations'
fi

if have snakemake; then
  make_sample_run snakemake.toml snakemake
  printf '\n[slurm]\ntasks = 3\n' >>snakemake.toml
  # Snakemake is Debian's: what was installed for other parts is not for it.
  snake=(env -u PYTHONPATH HOME="$work" snakemake --snakefile "$examples/Snakefile" --directory "$root" --nolock --cores 2
    --config "run=$work/snakemake.toml" "bin=$bin")
  expect 0 'shard_part .*3' "${snake[@]}" --dry-run
  expect 0 'steps .*done|100%' "${snake[@]}"
  expect 0 'Nothing to be done' "${snake[@]}"
  [ -s snakemake/report/report.html ] && [ -d snakemake/parts/documents-2-of-3 ] || fail 'snakemake made no report'
  rm -rf "$root/.snakemake"
fi

[ "$checked" -gt 0 ] || exit 77
finish
