#!/usr/bin/env bash
# package_test.sh BUILD [LIBTORCH_LIBRARIES]: cpack makes a .deb and a tarball; what they hold, need and do once unpacked.
#   exit 77: a tool is missing, nothing was tested
set -uo pipefail
build=$1 torch=${2:+$2/..}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/expect.sh"
. "$here/installed.sh"
for tool in cpack dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work OMP_NUM_THREADS=1

cpack --config "$build/CPackConfig.cmake" -B "$work/packages" >log 2>&1 || { cat log; exit 1; }
deb=$(ls packages/*.deb) tarball=$(ls packages/*.tar.gz)
du -h "$deb" "$tarball"
dpkg-deb -I "$deb" >information
grep -qE '^ Depends: .*libc6 .*libgit2-1\.5.*libtomlplusplus' information || fail "Depends: $(grep Depends information)"
grep -qE '^ Package: palimpsest$' information || fail 'another package name'
dpkg-deb -c "$deb" | awk '{print $6}' | sort >files
for file in bin/palimpsest-ingest share/man/man1/palimpsest-shard.1.gz share/doc/palimpsest/copyright lib/palimpsest/programs/ingest; do
  grep -qxF "./usr/$file" files || fail "the .deb lacks $file"
done
grep -vE '^\./(usr/((bin|lib|share)/.*)?)?$' files && fail 'files where no package may put any'
dpkg-deb -c "$deb" | awk '$1 ~ /^-..s|^-.....s|^.{8}w/' | grep . && fail 'files with rights that nobody should have'
dpkg-deb -x "$deb" unpacked
check_installed "$work/unpacked/usr" "$torch"
tar -xzf "$tarball"
expect 0 '^[0-9]+\.[0-9]+\.[0-9]+ \(' "$work"/palimpsest-*/bin/palimpsest-ingest --version
if command -v lintian >/dev/null; then
  lintian --no-tag-display-limit --allow-root "$deb" >tags 2>&1
  grep '^E: ' tags && fail 'lintian finds errors'
fi
finish
