#!/usr/bin/env bash
# install_test.sh BUILD [LIBTORCH_LIBRARIES]: `cmake --install` below another root; the programs run from there, with help pages.
set -uo pipefail
build=$1 torch=${2:+$2/..}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/expect.sh"
. "$here/installed.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work OMP_NUM_THREADS=1

DESTDIR=$work/root cmake --install "$build" --prefix /opt/palimpsest >log 2>&1 || { cat log; exit 1; }
mv root/opt/palimpsest moved  # nothing depends on where it lies
check_installed "$work/moved" "$torch"
find moved -xtype l | grep . && fail 'links that lead nowhere'
grep -rlF "$work" moved/share moved/bin && fail 'paths of the build in what is installed'
finish
