#!/usr/bin/env bash
# Installs all that Palimpsest needs: Debian packages (system-wide) and, under .deps/, what Debian lacks.
# Idempotent: when the lists in pipelines/deps did not change, it does nothing.
#
#   pipelines/setup.sh                  everything
#   PALIMPSEST_NO_TORCH=1 pipelines/setup.sh    data stages only, without the 530 MB LibTorch wheel
#   pipelines/setup.sh --tensorboard    TensorBoard's reader of event files too, which only a slow test uses (70 MB)
#   pipelines/setup.sh --operations     Slurm, Snakemake and validators, which slow tests of pipelines/ use (110 Debian packages, 130 MB)
#   pipelines/setup.sh --cuda           NVIDIA's libraries for the preset `cuda` too (2.9 GB)
#   pipelines/setup.sh --twin           PyTorch for Python too, which only tests/bench/train_twin.py uses (4.5 GB)
set -euo pipefail
cd "$(dirname "$0")/.."
lists=pipelines/deps
deps=.deps
mkdir -p "$deps"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 4; }

exec 9>"$deps/.lock"
flock -n 9 || { say "another setup is running; waiting"; flock 9; }

missing_debian_packages() {  # LIST
  local package command
  while read -r package command; do
    case "$package" in '' | '#'*) continue ;; esac
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || echo "$package"
  done <"$1"
}

install_debian_packages() {  # LIST
  local packages package unit
  mapfile -t packages < <(missing_debian_packages "$1")
  [ ${#packages[@]} -gt 0 ] || return 0
  local sudo=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "as root, run: apt-get install ${packages[*]}"
    sudo=sudo
  fi
  say "installing Debian packages: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get -qq update
  $sudo apt-get -qq install -y --no-install-recommends "${packages[@]}" >/dev/null
  # Tests start servers of their own; Debian's packages also start some for the whole machine.
  for package in nginx-light:nginx munge:munge slurm-wlm:slurmd slurm-wlm:slurmctld; do
    unit=${package#*:}
    if [[ " ${packages[*]} " == *" ${package%:*} "* && -d /run/systemd/system ]]; then
      $sudo systemctl --quiet disable --now "$unit" || true
    fi
  done
}

# step NAME FILES... -- COMMAND...: runs COMMAND unless it already succeeded for these very FILES.
step() {
  local name=$1 files=() digest
  shift
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  shift
  digest=$(sha256sum "${files[@]}" pipelines/setup.sh | sha256sum)
  [ "$(cat "$deps/.done-$name" 2>/dev/null)" = "$digest" ] && return 0
  say "$name ..."
  "$@"
  printf '%s\n' "$digest" >"$deps/.done-$name"
}

npm_sources() {
  cp "$lists"/npm/{package.json,package-lock.json,.npmrc} "$deps/"
  npm ci --prefix "$deps" --loglevel=error >/dev/null
}

# unpack_wheels LIST: into .deps, as they are.
unpack_wheels() {
  local wheels="$deps/wheels"
  rm -rf "$wheels"
  mkdir -p "$wheels"
  python3 -m pip download --quiet --no-deps --require-hashes --only-binary=:all: --python-version 3.11 \
    --implementation cp --abi cp311 --abi none --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
    --platform manylinux_2_25_x86_64 --platform manylinux_2_18_x86_64 \
    --platform manylinux2014_x86_64 --dest "$wheels" --requirement "$1"
  for wheel in "$wheels"/*.whl; do
    python3 -m zipfile --extract "$wheel" "$deps"
  done
  rm -rf "$wheels"
}

unpack_libtorch() {
  rm -rf "$deps"/{torch,nvidia,functorch,torchgen} "$deps/.done-cuda"
  unpack_wheels "$lists/python.txt"
}

# python_packages LIST FOLDER
python_packages() {
  rm -rf "$2"
  python3 -m pip install --quiet --no-deps --require-hashes --only-binary=:all: --no-compile \
    --target "$2" --requirement "$1" 2>&1 | grep -v 'Running pip as' >&2 || true
  [ -d "$2" ] || die "pip could not install $1"
}

install_debian_packages "$lists/debian.txt"
step npm-sources "$lists/npm/package-lock.json" "$lists/npm/.npmrc" -- npm_sources
step test-tools "$lists/python-test.txt" -- python_packages "$lists/python-test.txt" "$deps/python"
if [ -z "${PALIMPSEST_NO_TORCH:-}" ]; then
  step libtorch "$lists/python.txt" -- unpack_libtorch
fi
if [ "${1:-}" = --cuda ]; then
  step cuda "$lists/python-cuda.txt" -- unpack_wheels "$lists/python-cuda.txt"
fi
if [ "${1:-}" = --tensorboard ]; then
  step tensorboard "$lists/python-tensorboard.txt" -- python_packages "$lists/python-tensorboard.txt" "$deps/tensorboard"
fi
if [ "${1:-}" = --operations ]; then
  install_debian_packages "$lists/debian-operations.txt"
  step operations "$lists/python-operations.txt" -- python_packages "$lists/python-operations.txt" "$deps/operations"
fi
if [ "${1:-}" = --twin ]; then
  step twin "$lists/python-twin.txt" -- python_packages "$lists/python-twin.txt" "$deps/twin"
fi
