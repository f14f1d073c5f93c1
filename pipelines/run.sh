#!/usr/bin/env bash
# pipelines/run.sh CONFIG: the chain of stages that one TOML file describes; see --help and run_plan.py.
exec python3 -B "$(dirname "$0")/run.py" "$@"
