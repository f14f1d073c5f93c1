# The ways to break a run; sourced by run.sh. break_KIND runs `command` and returns its exit code; it may set `fault` (what
# the list says), `allowed` (exit codes that are right) and injected=0 (the moment never came). heal_KIND makes the
# machine well again.

# In this order, again and again. Moments are random; the order is not.
kinds=(kill term disk_full error kill interrupted small_disk clock term error fd_limit kill short_calls read_only twice
  error kill disk_full full_stdout term quota error closed_stdout kill small_disk closed_pipe file_size fd_limit error kill)

# call_of KIND: a random call of this kind, from 1.
call_of() { echo $((1 + (RANDOM * 32768 + RANDOM) % ${calls[$1]:-1})); }
pick() { local options=("$@"); echo "${options[RANDOM % ${#options[@]}]}"; }

limited() { timeout -s ALRM $hang_seconds "$@"; }

inject() {  # PLAN
  local code=0
  fault=$1
  rm -f report
  limited "$tools/inject_fault" "$1" report "${command[@]}" >/dev/null 2>errors || code=$?
  [ "$(head -n 1 report 2>/dev/null || echo 1)" != 0 ] || injected=0
  return $code
}

break_kill() { allowed=137 && inject "any:KILL:$(call_of any)"; }
break_term() { allowed='0|143' && inject "any:TERM:$(call_of any)"; }
break_disk_full() { inject "write:ENOSPC:$(call_of write)+"; }
break_quota() { local kind; kind=$(pick write mkdir) && inject "$kind:EDQUOT:$(call_of "$kind")+"; }
break_error() {
  local kind
  kind=$(pick open read write sync rename close mkdir stat remove list lock link)
  inject "$kind:EIO:$(call_of "$kind")$(pick '' '' +)"
}
break_interrupted() { local kind; kind=$(pick read write) && inject "$kind:EINTR:$(call_of "$kind")"; }
break_short_calls() {
  local kind
  kind=$(pick read write)
  allowed=0
  [ "$stage" != fetch ] || allowed='0|4'  # the loader of git takes a short read for damage
  inject "$kind:short:1+"
}

# A real file system that is full after so many pages; a real one that cannot be written.
mount_out() {
  mount -t tmpfs -o "$1" tmpfs small && out=small/out && command_"$stage"
}
move_back() {
  mount -o "remount,rw,size=64m" small
}
break_small_disk() {
  if [ "$can_mount" = no ]; then break_disk_full; return; fi
  local pages=$((1 + RANDOM % $((2 + $(du -s --apparent-size -B 4096 "$reference" | cut -f 1)))))
  umount small 2>/dev/null
  mount_out "size=$((pages * 4))k"
  fault="tmpfs of $((pages * 4)) KiB"
  limited "${command[@]}" >/dev/null 2>errors
}
heal_small_disk() { [ "$can_mount" = no ] || move_back; }
break_read_only() {
  if [ "$can_mount" = no ]; then inject "$(pick open mkdir):EROFS:1+"; return; fi
  umount small 2>/dev/null
  mount_out 'size=64m,ro'
  fault='read-only file system' allowed=4
  limited "${command[@]}" >/dev/null 2>errors
}
heal_read_only() { heal_small_disk; }

break_clock() {
  local jump
  jump=$(pick -315360000 -3600 3600 315360000)
  fault="clock $jump s" allowed=0
  FAULT_CLOCK_CALL=$((1 + RANDOM % 20)) FAULT_CLOCK_JUMP=$jump LD_PRELOAD=$tools/libclock_shim.so \
    limited "${command[@]}" >/dev/null 2>errors
}
break_fd_limit() {
  local most=$((4 + RANDOM % 24))
  fault="$most file descriptors" allowed='0|4|127'  # 127: the loader found no room for the libraries
  limited prlimit --nofile=$most "${command[@]}" >/dev/null 2>errors
}
break_file_size() {
  local most=$((1 + RANDOM % 16))
  fault="files of $((most * 1024)) bytes" allowed='0|4|153'  # 153: SIGXFSZ
  # Not exec: the subshell, not we, reports the signal.
  (limited prlimit --fsize=$((most * 1024)) "${command[@]}" >/dev/null 2>errors) 2>/dev/null
}
break_full_stdout() { allowed=4 && limited "${command[@]}" >/dev/full 2>errors; }
break_closed_stdout() { allowed=0 && limited "${command[@]}" >&- 2>errors; }
break_closed_pipe() {
  limited "${command[@]}" 2>errors | true
  return "${PIPESTATUS[0]}"
}
break_twice() {
  local second first=0 code=0
  allowed='0|2'
  limited "${command[@]}" >/dev/null 2>errors-2 &
  second=$!
  sleep "0.0$((RANDOM % 10))"
  limited "${command[@]}" >/dev/null 2>errors || first=$?
  wait "$second" || code=$?
  fault="twice: exit $first and $code"
  # One of them does the work; the other one waits for nothing: it refuses, or comes when all is done.
  [ "$first" = 0 ] || [ "$code" = 0 ] || return 1
  [ "$first" = 0 ] || return $first
  return $code
}
