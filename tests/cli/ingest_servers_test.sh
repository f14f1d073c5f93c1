#!/usr/bin/env bash
# Real git servers on loopback: smart HTTP with and without login, git daemon, ssh; and how faults end.
#   ingest_servers_test.sh PATH-TO-INGEST        exit 77: a tool is missing, nothing was tested
set -uo pipefail
ingest=$1
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"
for tool in git python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
[ -x "$(git --exec-path)/git-http-backend" ] || { echo "skipped: no git http-backend"; exit 77; }

work=$(mktemp -d)
servers=()
finish_servers() {
  [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null
  rm -rf "$work"
}
trap finish_servers EXIT
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_SYSTEM=/dev/null HOME=$work
unset GIT_SSH_COMMAND SSH_ASKPASS SSH_AUTH_SOCK http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
printf '[user]\n name = T\n email = t@example.com\n[init]\n defaultBranch = main\n' >gitconfig

# One repository with a branch, a tag and a file above the size limit; its content does not compress.
git init -q source
mkdir source/src
printf "export const one = 1;\n" >source/src/one.ts
head -c 300000 /dev/urandom | base64 -w 100 | sed 's/.*/\/\/ &/' >source/src/large.ts
git -C source add -A && git -C source commit -qm one && git -C source tag v1
printf "export const two = 2;\n" >source/src/two.ts
git -C source add -A && git -C source commit -qm two
mkdir repositories
git clone -q --bare source repositories/r.git
git -C repositories/r.git config uploadpack.allowFilter true
git clone -q --bare source repositories/plain.git  # a server that cannot leave large files out
commit=$(git -C source rev-parse HEAD)

python3 "$here/git_http_server.py" "$work/repositories" "$work/requests" >http-port 2>http-errors &
servers+=($!)
for _ in $(seq 100); do [ -s http-port ] && break; sleep 0.1; done
http=127.0.0.1:$(cat http-port)
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# run NAME ARGUMENTS...: ingest into OUT/NAME with a fresh cache.
run() { local name=$1; shift; "$ingest" run "$@" --out "out/$name" --cache "cache/$name"; }
# The same within 2 s of CPU and 256 MiB.
run_bounded() { local name=$1; shift; python3 "$here/measure.py" 2 256 "$ingest" run "$@" --out "out/$name" --cache "cache/$name"; }
requests() { grep -c "$1" requests || true; }

# HTTP: anonymous, tag, commit, shallow, and a second run that fetches into the cache.
expect 0 '2 files' run http "git:http://$http/open/r.git"
expect 0 '1 files' run tag "git:http://$http/open/r.git@v1"
expect 0 '2 files' run commit "git:http://$http/open/r.git@$commit"
expect 0 '2 files' run shallow "git:http://$http/open/r.git" --shallow
expect 0 '1 files' run shallow-tag "git:http://$http/open/r.git@v1" --shallow
grep -q '"reason":"too_large"' out/shallow/skipped.jsonl || fail 'shallow: the large file is not in the list'
for kind in http shallow; do
  [ "$(du -sk cache/$kind/git | cut -f1)" -lt 200 ] || fail "$kind: the large file was fetched"
done
expect 0 '2 files' run plain "git:http://$http/open/plain.git"
[ "$(du -sk cache/plain/git | cut -f1)" -gt 200 ] || fail 'plain: the large file should have come'
for kind in http plain; do
  sed 's/.*"path":"\([^"]*\)","reason":"\([^"]*\)".*/\1 \2/' out/$kind/skipped.jsonl >skips-$kind
done
expect_same_file skips-http skips-plain
expect 0 'up to date' run http "git:http://$http/open/r.git"
before=$(requests upload-pack)
expect 0 'up to date' run commit "git:http://$http/open/r.git@$commit"
[ "$(requests upload-pack)" = "$before" ] || fail 'a known commit was asked for again'

# A mirror without large files takes what changes, even where the server would send a difference to such a file.
git clone -q --bare source repositories/grow.git
git -C repositories/grow.git config uploadpack.allowFilter true
expect 0 '2 files' run grow "git:http://$http/open/grow.git"
git -C source checkout -qb more
printf "export const three = 3;\n" >source/src/three.ts
echo '// end' >>source/src/large.ts
git -C source add -A && git -C source commit -qm three
git -C source push -q ../repositories/grow.git more:main
git -C source checkout -q main
expect 0 '3 files' run grow "git:http://$http/open/grow.git" --overwrite
[ "$(du -sk cache/grow/git | cut -f1)" -lt 200 ] || fail 'grow: the large file was fetched'

# Logins: in the URL, from a credential helper, wrong, none. A git in front of git notes all arguments.
mkdir front
printf '#!/bin/sh\necho "$*" >>"%s/arguments"\nexec "%s" "$@"\n' "$work" "$(command -v git)" >front/git
chmod +x front/git
PATH=$work/front:$PATH expect 0 '2 files' run login "git:http://reader:sesame@$http/auth/r.git"
grep -q 'fetch' arguments || fail 'the arguments of git were not noted'
printf 'http://reader:sesame@%s\n' "${http/:/%3a}" >credentials
git config --global credential.helper "store --file=$work/credentials"
expect 0 '2 files' run helper "git:http://$http/auth/r.git"
PATH=$work/front:$PATH expect 0 '2 files' run user "git:http://reader@$http/auth/r.git"
git config --global --unset credential.helper
started=$SECONDS
expect 4 'Authentication failed' run wrong "git:http://reader:wr0ng-secret@$http/auth/r.git"
expect 4 'terminal prompts disabled|could not read Username' run none "git:http://$http/auth/r.git"
[ $((SECONDS - started)) -le 5 ] || fail 'a refused login does not end at once'
"$ingest" run "git:http://reader:wr0ng-secret@$http/auth/r.git" --out out/w --cache cache/w >log 2>&1
PATH=$work/front:$PATH "$ingest" run "git:http://t0ken-secret@$http/auth/r.git" --out out/t --cache cache/t >>log 2>&1
grep -q "could not read Password for 'http://127" log || fail 'a user name that may be a token is shown'
"$ingest" run "git:http://reader:sl0w-secret@$http/stall/r.git" --out out/s --cache cache/s --git-timeout 2 >>log 2>&1 &
sleep 1
tr '\0' '\n' <"/proc/$!/cmdline" >process-list
wait $!
grep -q '/stall/r.git' process-list || fail 'the process list was not read'
secrets='sesame|(wr0ng|t0ken|sl0w)-secret'
if grep -rqE "$secrets" arguments log process-list out cache; then
  fail "a login was kept: $(grep -rlE "$secrets" arguments log process-list out cache)"
fi

# Faults.
expect 4 'not found|not appear' run missing "git:http://$http/open/none.git"
expect 0 '2 files' run_bounded moved "git:http://$http/moved/r.git"
expect 4 'redirects to another host' run_bounded away "git:http://$http/away/r.git"
expect 0 'trying again' run busy "git:http://$http/busy/r.git"
started=$SECONDS
expect 4 'takes too long' run_bounded stall "git:http://$http/stall/r.git" --git-timeout 2
[ $((SECONDS - started)) -le 6 ] || fail 'a server that stalls is not given up'
expect 4 'git failed' run_bounded cut "git:http://$http/cut/r.git" --retries 0
expect 4 'too large' run big "git:http://$http/open/plain.git" --git-max-bytes 100000
expect 4 'not allowed' run transport "git:ext::sh -c true"
expect 4 'Connection refused|unable to connect|Failed to connect' \
  run refused "git:http://127.0.0.1:$(free_port)/r.git" --retries 0
expect 0 '2 files.*1 sources FAILED' run keep "git:http://$http/open/r.git" "git:http://$http/open/none.git" --keep-going

# git daemon.
port=$(free_port)
git daemon --reuseaddr --listen=127.0.0.1 --port="$port" --export-all --base-path="$work/repositories" \
  "$work/repositories" >daemon-log 2>&1 &
servers+=($!)
expect 0 '2 files' run daemon "git:git://127.0.0.1:$port/r.git"
expect 4 'git failed' run daemon-none "git:git://127.0.0.1:$port/none.git" --retries 0

# ssh, where a server is installed.
sshd=$(command -v sshd || echo /usr/sbin/sshd)
if [ -x "$sshd" ] && { [ "$(id -u)" != 0 ] || mkdir -p /run/sshd; }; then
  port=$(free_port)
  ssh-keygen -q -t ed25519 -N '' -f host-key && ssh-keygen -q -t ed25519 -N '' -f user-key
  cp user-key.pub authorized
  printf '[127.0.0.1]:%s %s\n' "$port" "$(cat host-key.pub)" >known
  "$sshd" -D -e -f /dev/null -h "$work/host-key" -p "$port" -o ListenAddress=127.0.0.1 -o "PidFile=$work/sshd.pid" \
    -o StrictModes=no -o "AuthorizedKeysFile=$work/authorized" -o PasswordAuthentication=no \
    -o PermitRootLogin=yes -o UsePAM=no >sshd-log 2>&1 &
  servers+=($!)
  for _ in $(seq 100); do ssh-keyscan -p "$port" 127.0.0.1 >/dev/null 2>&1 && break; sleep 0.1; done
  url=git:ssh://$(id -un)@127.0.0.1:$port$work/repositories/r.git
  git config --global core.sshCommand "ssh -F /dev/null -o UserKnownHostsFile=$work/known -i $work/user-key"
  expect 0 '2 files' run ssh "$url"
  rm authorized
  started=$SECONDS
  expect 4 'Permission denied' run ssh-denied "$url"
  [ $((SECONDS - started)) -le 5 ] || fail 'a refused ssh key does not end at once'
  : >known
  expect 4 'Host key verification failed' run ssh-unknown "$url"
else
  echo 'ssh is not tested: no sshd'
fi
finish
