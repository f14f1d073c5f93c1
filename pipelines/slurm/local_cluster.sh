#!/usr/bin/env bash
# A Slurm cluster of this machine alone, for trying and testing: munge, slurmctld and slurmd of this user, on loopback,
# with all their files in one folder. Needs Debian's slurm-wlm (pipelines/setup.sh --slurm). For real work, ask the
# cluster's administrators.
#
#   pipelines/slurm/local_cluster.sh start DIR    then: export SLURM_CONF=DIR/slurm.conf
#   pipelines/slurm/local_cluster.sh stop DIR
#
# Two CPUs whatever the machine has, partitions `batch` (the default) and `urgent`, whose jobs preempt those of `batch`.
set -euo pipefail

die() { printf 'local_cluster: %s\n' "$*" >&2; exit 4; }

write_configuration() {  # DIR
  local directory=$1 host ports memory
  host=$(hostname -s)
  ports=$(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
  memory=$(awk '/^MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
  mkdir -p "$directory"/{state,spool,log}
  cat >"$directory/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
SlurmctldPort=${ports% *}
SlurmdPort=${ports#* }
AuthType=auth/munge
AuthInfo=socket=$directory/munge.socket
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$directory/state
SlurmdSpoolDir=$directory/spool
SlurmctldPidFile=$directory/slurmctld.pid
SlurmdPidFile=$directory/slurmd.pid
SlurmctldLogFile=$directory/log/slurmctld.log
SlurmdLogFile=$directory/log/slurmd.log
MailProg=/bin/true
# Without cgroups, which a container may lack.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=30
MinJobAge=3600
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=localhost NodeHostname=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=$memory
PartitionName=batch Nodes=ALL Default=YES PriorityTier=1
PartitionName=urgent Nodes=ALL PriorityTier=2
CONF
}

start() {
  local directory
  mkdir -p "$1"
  directory=$(realpath "$1")
  chmod 0700 "$directory"
  for tool in munged slurmctld slurmd; do
    command -v $tool >/dev/null || die "no $tool; run: pipelines/setup.sh --slurm"
  done
  [ ! -e "$directory/slurm.conf" ] || die "$directory is in use; stop it first"
  write_configuration "$directory"
  head -c 1024 /dev/urandom >"$directory/munge.key"
  chmod 0600 "$directory/munge.key"
  munged --force --num-threads=1 --key-file="$directory/munge.key" --socket="$directory/munge.socket" \
    --pid-file="$directory/munged.pid" --log-file="$directory/log/munged.log" --seed-file="$directory/munge.seed" \
    2>>"$directory/log/munged.log" || die "munged does not start; see $directory/log/munged.log"
  export SLURM_CONF=$directory/slurm.conf
  slurmctld -i -f "$SLURM_CONF" 2>>"$directory/log/slurmctld.log" || die "see $directory/log/slurmctld.log"
  slurmd -f "$SLURM_CONF" -N localhost 2>>"$directory/log/slurmd.log" || die "see $directory/log/slurmd.log"
  for _ in $(seq 100); do
    [ "$(sinfo --noheader --partition batch --format %T 2>/dev/null)" != idle ] || return 0
    sleep 0.2
  done
  die "the node does not come up; see $directory/log"
}

stop() {
  local directory daemon pid
  directory=$(realpath "$1")
  if [ -e "$directory/slurmctld.pid" ]; then
    SLURM_CONF=$directory/slurm.conf scancel --full --signal KILL --user "$(id -un)" 2>/dev/null || true
  fi
  for daemon in slurmd slurmctld munged; do
    pid=$(cat "$directory/$daemon.pid" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  done
  rm -f "$directory/slurm.conf"
}

case "${1:-}:${2:-}" in
  start:?*) start "$2" ;;
  stop:?*) stop "$2" ;;
  *) echo 'usage: local_cluster.sh start|stop DIR' >&2; exit 2 ;;
esac
