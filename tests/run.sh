#!/usr/bin/env bash
# Passes the tests: set-up, a build with warnings as errors, ctest. README command 2.
#
#   tests/run.sh          what must pass on every change
#   tests/run.sh --slow   also the tests labelled `slow` (training runs, package downloads)
set -euo pipefail
cd "$(dirname "$0")/.."
preset=dev
if [ "${1:-}" = --slow ]; then preset=slow; fi

pipelines/setup.sh
mkdir -p build
cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
cmake --build --preset dev
ctest --preset "$preset" --parallel 2
