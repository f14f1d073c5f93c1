#!/usr/bin/env bash
# run.sh BIN TOOLS [OPTIONS] [STAGE...]: breaks stages in every way that a machine may, then runs them again: the output is
# that of a run that nothing happened to. BIN holds the executables, TOOLS inject_fault and the like (build/dev/bin and
# build/dev/test-bin).
#   --count N    faults for each stage [100]
#   --seed S     another choice of moments [1]
#   --list FILE  one line a fault: stage, fault, exit code, verdict
# Exits with 1 when output was lost, a run hung, or an error was not told clearly.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$1" && pwd) tools=$(cd "$2" && pwd)
shift 2
count=100 seed=1 list=/dev/null
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --count) count=$2 && shift 2 ;;
    --seed) seed=$2 && shift 2 ;;
    --list) list=$(realpath "$2") && shift 2 ;;
    *) chosen+=("$1") && shift ;;
  esac
done
. "$here/stages.sh"
[ ${#chosen[@]} -gt 0 ] || chosen=("${stages[@]}")
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null OMP_NUM_THREADS=1
readonly hang_seconds=60

work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir small tmp
export TMPDIR=$work/tmp
"$tools/inject_fault" none report true 2>/dev/null || { echo 'skipped: no ptrace(2) here'; exit 77; }
can_mount=no
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m tmpfs small 2>/dev/null; then can_mount=yes && umount small; fi
. "$here/kinds.sh"

same_output() { diff -r --exclude='.*' "${unlike[@]}" "$reference" "$out" >/dev/null 2>&1; }
leftovers() { find "$out" \( -name '*.partial*' -o -name 'tmp_*' \) 2>/dev/null | head -1; }

verdict() {  # EXIT ALLOWED -> sets `result`
  if [ "$1" = 124 ]; then
    result=hang
  elif [ -e "$out/manifest.json" ] && ! same_output; then
    result='lost: a manifest over other files'
  elif [ "$1" = 0 ] && [ ! -e "$out/manifest.json" ]; then
    result='lost: exit 0 without a manifest'
  elif [[ ! $1 =~ ^($2)$ ]]; then
    result="unclear: exit $1, $(tail -n 1 errors | tr -d '\n')"
  else
    heal_$kind 2>/dev/null
    if ! timeout $hang_seconds "${command[@]}" >/dev/null 2>errors; then
      result="lost: the next run fails: $(tail -n 1 errors)"
    elif ! same_output; then
      result='lost: the next run gives other bytes'
    elif [ -n "$(leftovers)" ]; then
      result="lost: $(leftovers) stays"
    else
      result=survived
    fi
  fi
}

# trial STAGE KIND: sets `result` and adds a line to the list.
trial() {
  local stage=$1 code=0
  kind=$2 allowed='0|4' fault=$2
  rm -rf out state tmp
  mkdir state tmp
  out=out state=state
  threads=$((1 + RANDOM % 2))
  command_"$stage"
  : >errors
  injected=1
  break_"$kind" || code=$?
  if [ "$injected" = 0 ]; then
    result=missed
  else
    verdict "$code" "$allowed"
  fi
  printf '%s\t%s\t%s\t%s\n' "$stage" "$fault" "$code" "$result" >>"$list"
}

: >"$list" 2>/dev/null
failures=0
printf '%-13s %8s %8s %8s %5s %5s %7s %8s\n' stage faults survived missed lost hangs unclear seconds
declare -A total
for stage in "${chosen[@]}"; do
  started=$SECONDS
  # shellcheck disable=SC2034
  { inputs_"$stage"; } >/dev/null 2>errors || { cat errors; echo "no inputs for $stage"; exit 1; }
  unlike=()
  [ -z "$(type -t unlike_"$stage")" ] || unlike_"$stage"
  reference=reference-$stage out=reference-$stage state=reference-state threads=1
  command_"$stage"
  "$tools/inject_fault" none report "${command[@]}" >/dev/null 2>errors || { cat errors; exit 1; }
  declare -A calls=() sum=([survived]=0 [missed]=0 [lost]=0 [hang]=0 [unclear]=0)
  while read -r name number; do [ -z "$number" ] || calls[$name]=$number; done <report
  RANDOM=$seed
  for ((i = 0; i < count; i++)); do
    trial "$stage" "${kinds[i % ${#kinds[@]}]}"
    sum[${result%%:*}]=$((sum[${result%%:*}] + 1))
    case $result in survived | missed) ;; *) echo "$stage, $fault: $result" >&2 && failures=$((failures + 1)) ;; esac
  done
  printf '%-13s %8s %8s %8s %5s %5s %7s %8s\n' "$stage" $((count - sum[missed])) "${sum[survived]}" "${sum[missed]}" \
    "${sum[lost]}" "${sum[hang]}" "${sum[unclear]}" $((SECONDS - started))
  for name in "${!sum[@]}"; do total[$name]=$((${total[$name]:-0} + sum[$name])); done
done
printf 'faults: %s injected, %s survived, %s lost, %s hangs, %s unclear errors (%s never met)\n' \
  $((total[survived] + total[lost] + total[hang] + total[unclear])) "${total[survived]}" "${total[lost]}" "${total[hang]}" \
  "${total[unclear]}" "${total[missed]}"
[ "$failures" = 0 ]
