#!/usr/bin/env bash
# cuda_preset_test.sh ROOT: the preset `cuda` configures, compiles and links `train`, which says what a machine without a GPU lacks.
# exit 77: NVIDIA's libraries are not there (pipelines/setup.sh --cuda), nothing was tested
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=()
if [ ! -e "$root/.deps/nvidia/cudnn/lib/libcudnn.so.9" ]; then
  # The same wheels, as the twin of tests/bench has them.
  [ -e "$root/.deps/twin/nvidia/cudnn/lib/libcudnn.so.9" ] || { echo 'skipped: run pipelines/setup.sh --cuda'; exit 77; }
  options=("-DLibTorch_ROOT=$(cd -P "$root/.deps/twin" && pwd)/torch")
fi
cd "$root"
cmake --preset cuda -B "$work/build" "${options[@]}" >/dev/null
ninja -C "$work/build" train >/dev/null
ldd "$work/build/bin/train" >"$work/libraries"
for library in libtorch_cuda libcublas libcudnn; do
  grep -q "$library.*=> /" "$work/libraries" || { echo "FAIL: $library is not linked" >&2; exit 1; }
done
! grep 'not found' "$work/libraries" || exit 1
status=0
output=$("$work/build/bin/train" run --shards "$work" --device cuda --out "$work/out" 2>&1) || status=$?
if [ -e /dev/nvidia0 ]; then expected='no manifest.json'; else expected='--device cuda: no GPU can be used'; fi
[ $status = 4 ] && grep -q -- "$expected" <<<"$output" || { echo "FAIL: exit $status: $output" >&2; exit 1; }
