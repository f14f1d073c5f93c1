#!/usr/bin/env bash
# revision_test.sh ROOT: what --version says of the sources: in a clone, with a change, in an archive, in neither.
set -uo pipefail
root=$1
. "$root/tests/cli/expect.sh"
command -v git >/dev/null || { echo 'skipped: no git'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
revision() { cmake -DSOURCE="$1" -DOUTPUT="$work/revision" -P "$root/common/cmake/write_revision.cmake" && cat revision; }

mkdir clone
cp "$root/VERSION" "$root/.gitattributes" clone
git -C clone init -q
git -C clone add -A
git -C clone -c user.name=T -c user.email=t@example.com commit -qm one
commit=$(git -C clone rev-parse --short HEAD)
[ "$(revision clone)" = "$commit" ] || fail 'clone'
before=$(stat -c %y revision)
[ "$(revision clone)" = "$commit" ] && [ "$(stat -c %y revision)" = "$before" ] || fail 'the file is written again without need'
git -C clone archive --prefix=archive/ HEAD | tar -x
[ "$(revision archive)" = "$commit" ] || fail 'archive'
echo >>clone/.gitattributes
[ "$(revision clone)" = "$commit-dirty" ] || fail 'change'
rm -rf clone/.git
[ "$(revision clone)" = 'unknown revision' ] || fail 'neither'
finish
