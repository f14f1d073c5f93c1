#!/usr/bin/env bash
# Batch script of a training job, which submit.py submits:  train.sh CONFIG [OPTION OF run.sh...]
# Every rank is a task of one srun; train reads rank and number from Slurm's variables. Run at the repository's root.
#
# May be interrupted: training then writes a checkpoint, ends with 143, and the requeued job goes on from it, step for step.
# - Preempted, or `scontrol requeue`: Slurm stops and requeues. The last step must fit into KillWait or GraceTime.
# - Shortly before the time limit Slurm sends USR1 to this script alone, which stops training and requeues the job.
# - scancel: training stops in order too, and stays stopped.
#SBATCH --signal=B:USR1@120
set -uo pipefail
command=$(pipelines/run.sh "$@" --step train --dry-run) || { printf '%s\n' "$command" >&2; exit 2; }

# As many threads as CPUs, whether or not Slurm binds tasks to them: the numbers depend on it.
cpus=${SLURM_CPUS_PER_TASK:-1}
export OMP_NUM_THREADS=$cpus
case $command in *' --threads='*) ;; *) command+=" --threads=$cpus" ;; esac

out_of_time='' told=''
# To the tasks: srun itself would take the signal as a reason to kill them.
trap 'told=1 out_of_time=1; scancel --signal TERM "$SLURM_JOB_ID"' USR1
trap 'told=1' TERM
eval "srun --kill-on-bad-exit=0 --cpus-per-task=$cpus $command &"
srun=$!
while :; do
  told=''
  wait "$srun"
  code=$?
  [ -n "$told" ] || break
done
if [ -n "$out_of_time" ] && [ "$code" != 0 ]; then
  echo "train: out of time after restart ${SLURM_RESTART_COUNT:-0}; requeued" >&2
  scontrol requeue "$SLURM_JOB_ID"
  sleep 60
fi
exit "$code"
