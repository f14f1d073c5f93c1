#!/usr/bin/env python3
"""What a step of a mixture costs beside that of its dense twin of equal active size.

  cmake --build --preset release --target train_trace
  tests/bench/dense_twin_bench.py --shards runs/quickstart/shards

Whole steps (forward, losses, backward, update) of both in turns on the same rows; the ratio is the median over the rounds, because neighbours
on a shared machine slow both of a round alike.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

from train_twin import RECIPE, ROOT

WARM_UP_STEPS = 2


def seconds(tool, shards, model, recipe, folder, threads):
    subprocess.run([tool, shards, model, recipe, folder, str(threads)], check=True)
    return statistics.median(json.loads((folder / "trace.json").read_text())["seconds"][WARM_UP_STEPS:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--model", default="moedcoder-10m")
    parser.add_argument("--twin", default="dense-6m")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tool", default=ROOT / "build/release/test-bin/train_trace")
    options = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        recipe = folder / "recipe.toml"
        recipe.write_text(RECIPE.format(rows=options.rows, steps=options.steps))
        for _ in range(options.rounds):
            rounds.append([seconds(options.tool, options.shards, model, recipe, folder, options.threads)
                           for model in (options.model, options.twin)])
    mixture, dense = (statistics.median(column) * 1e3 for column in zip(*rounds))
    ratios = sorted(one / other for one, other in rounds)
    print(f"median step, {options.rows} rows, {options.threads} thread(s): {options.model} {mixture:.0f} ms, {options.twin} {dense:.0f} ms, "
          f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f} over {options.rounds} rounds)")


if __name__ == "__main__":
    main()
