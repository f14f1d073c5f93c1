#!/bin/sh
# Installed as palimpsest-train and palimpsest-evaluate: they need LibTorch, whose absence the loader explains badly.
# Looked for in $PALIMPSEST_TORCH, then beside the programs, then where the build was told to (PALIMPSEST_TORCH_DIR).
name=$(basename "$0")
here=$(dirname "$(readlink -f "$0")")
for torch in "$PALIMPSEST_TORCH" "$here/torch" "@PALIMPSEST_TORCH_DIR@"; do
  [ -n "$torch" ] && [ -e "$torch/lib/libtorch_cpu.so" ] || continue
  LD_LIBRARY_PATH=$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$here/programs/$name" "$@"
done
echo "$(date +%T) $name error: no LibTorch @LibTorch_VERSION@, expected lib/libtorch_cpu.so in the folder PALIMPSEST_TORCH;" \
  "unpack the PyPI package torch==@LibTorch_VERSION@ and name its folder torch" >&2
exit 4
