#!/usr/bin/env python3
"""What a step of a mixture costs beside that of its dense twin of equal active size.

  cmake --build --preset release --target train_trace
  tests/bench/dense_twin_bench.py --shards runs/quickstart/shards

Whole steps (forward, losses, backward, update) of both in turns on the same rows, in processor time, which neighbours on a shared machine
disturb least: that of a run less that of one that has only the first steps, divided by the rest. The ratio is the median over the rounds.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile

from train_twin import RECIPE, ROOT

WARM_UP_STEPS = 5  # as many as the recipe warms up


def cpu_seconds(options, model, steps, folder):
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPE.format(rows=options.rows, steps=steps))
    child = subprocess.Popen([options.tool, options.shards, model, recipe, folder, str(options.threads)])
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"{options.tool} failed")
    return usage.ru_utime + usage.ru_stime


def step_seconds(options, model, folder):
    first = cpu_seconds(options, model, WARM_UP_STEPS, folder)
    return (cpu_seconds(options, model, WARM_UP_STEPS + options.steps, folder) - first) / options.steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--model", default="moedcoder-10m")
    parser.add_argument("--twin", default="dense-6m")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tool", default=ROOT / "build/release/test-bin/train_trace")
    options = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for _ in range(options.rounds):
            rounds.append([step_seconds(options, model, folder) for model in (options.model, options.twin)])
    mixture, dense = (statistics.median(column) * 1e3 for column in zip(*rounds))
    ratios = sorted(one / other for one, other in rounds)
    print(f"processor time of a step, {options.rows} rows, {options.threads} thread(s): {options.model} {mixture:.0f} ms, {options.twin} {dense:.0f} ms, "
          f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f} over {options.rounds} rounds)")


if __name__ == "__main__":
    main()
