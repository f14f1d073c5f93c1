#!/usr/bin/env python3
"""Our training steps against the same model in eager PyTorch: equal numbers, then speed.

  pipelines/setup.sh --twin      installs PyTorch for Python (4.5 GB, only for this)
  cmake --build --preset release --target train_trace
  tests/bench/train_twin.py --shards runs/quickstart/shards

Both sides train on the same rows and masks from the same weights, with AdamW, in turns. Fails when the logits of the
first step differ by more than 1e-4 or a loss of the trace by more than 1e-3.
"""

import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPE = """rows_per_step = {rows}
optimizer = "adamw"
[[stage]]
name = "trace"
steps = {steps}
mix = "balanced"
learning_rate = 1e-3
warmup_steps = 5
load_balance = 0.01
z = 0.001
supervised = 0.1
forced_share = 0.5
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--model", default="moedcoder-10m")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="print the time of one of our steps by operator")
    parser.add_argument("--tool", default=ROOT / "build/release/test-bin/train_trace")
    return parser.parse_args()


def load_batches(path, steps):
    from safetensors.torch import load_file

    tensors = load_file(path)
    batches = []
    for step in range(steps):
        prefix = f"{step}."
        batch = {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}
        batch["real"] = (batch["segment_BT"].flatten() >= 0).nonzero().squeeze(1)
        batches.append(batch)
    return batches


class TwinRun:
    """The recorded steps again."""

    def __init__(self, folder):
        import torch
        from safetensors.torch import load_file

        from twin_model import Twin

        self.trace = json.loads((folder / "trace.json").read_text())
        torch.set_num_threads(self.trace["threads"])
        recipe = self.trace["recipe"]
        self.model = Twin(self.trace["model"], load_file(folder / "model.safetensors"))
        self.recipe = recipe
        self.batches = load_batches(folder / "batches.safetensors", len(self.trace["loss"]))
        names = dict(self.model.named_parameters())
        decays = [p for n, p in names.items() if n.split(".")[-1] in ("qkv", "out", "w_in", "w_out")]
        others = [p for n, p in names.items() if not any(p is d for d in decays)]
        groups = [{"params": decays, "weight_decay": recipe["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, betas=(recipe["beta1"], recipe["beta2"]), eps=1e-8, fused=True)

    def first_logits(self):
        import torch

        with torch.no_grad():
            return self.model(self.batches[0])[0]

    def step(self, number):
        import torch

        from twin_model import objective

        for group in self.optimizer.param_groups:
            group["lr"] = self.trace["learning_rate"][number]
        logits, routers = self.model(self.batches[number])
        loss = objective(logits, routers, self.batches[number], self.recipe["stages"][0])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe["gradient_clip"])
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


def replay(folder):
    """In a process of its own, like ours: compares, and prints the seconds of each step."""
    from safetensors.torch import load_file

    run = TwinRun(folder)
    logits = (run.first_logits() - load_file(folder / "logits.safetensors")["logits_MV"]).abs().max().item()
    losses, seconds = [], []
    for number in range(len(run.batches)):
        start = time.perf_counter()
        losses.append(run.step(number))
        seconds.append(time.perf_counter() - start)
    differences = [abs(a - b) for a, b in zip(losses, run.trace["loss"])]
    print(json.dumps({"logits": logits, "loss": max(differences), "seconds": seconds}))


def print_profile(path, limit=16):
    """Share of each operator's own time in one of our steps, operators called by it left out."""
    events = sorted((e for e in json.loads(path.read_text()) if "dur" in e), key=lambda e: (e["tid"], e["ts"], -e["dur"]))
    own, open_events = collections.Counter(), []
    for event in events:
        while open_events and (open_events[-1]["tid"] != event["tid"]
                               or open_events[-1]["ts"] + open_events[-1]["dur"] <= event["ts"]):
            open_events.pop()
        own[event["name"]] += event["dur"]
        if open_events:
            own[open_events[-1]["name"]] -= event["dur"]
        open_events.append(event)
    total = sum(own.values())
    for name, microseconds in own.most_common(limit):
        print(f"{microseconds / total:6.1%}  {microseconds / 1e3:7.1f} ms  {name}")


def matmul_rate(width, tokens, threads):
    """GFLOP/s of the largest product of a layer, the bound that a step is measured against."""
    import torch

    torch.set_num_threads(threads)
    a, b = torch.randn(tokens, width), torch.randn(width, 4 * width)
    best = float("inf")
    for _ in range(30):
        start = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - start)
    return 2 * tokens * width * 4 * width / best / 1e9


def step_flops(trace, batches):
    """Multiply-adds of the matrix products of one step, times two; backward costs twice the forward."""
    model = trace["model"]
    width, total = model["width"], 0.0
    for batch in batches:
        tokens, real = batch["ids_BT"].numel(), len(batch["real"])
        row = batch["ids_BT"].shape[1]
        for layer in range(model["layers"]):
            moe = layer in model["moe_layers"]
            hidden = model["expert_hidden"] if moe else model["dense_hidden"]
            total += 2 * tokens * (4 * width * width + 2 * row * width)
            total += 2 * (real if moe else tokens) * 3 * width * hidden
        total += 2 * len(batch["masked_M"]) * width * model["vocabulary"]
    return 3 * total / len(batches)


def child(*args):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / ".deps/twin"), str(ROOT / "tests/bench")])}
    return subprocess.run([sys.executable, __file__, *map(str, args)], env=environment, check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def bound(folder):
    trace = json.loads((folder / "trace.json").read_text())
    batches = load_batches(folder / "batches.safetensors", len(trace["loss"]))
    tokens = batches[0]["ids_BT"].numel()
    print(json.dumps({"gflops": matmul_rate(trace["model"]["width"], tokens, trace["threads"]),
                      "flops": step_flops(trace, batches)}))


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        recipe = folder / "recipe.toml"
        recipe.write_text(RECIPE.format(rows=options.rows, steps=options.steps))
        ours, twins = [], []
        for _ in range(options.rounds):
            subprocess.run([options.tool, options.shards, options.model, recipe, folder, str(options.threads),
                            folder / "profile.json"], check=True)
            ours += json.loads((folder / "trace.json").read_text())["seconds"][2:]
            twin = json.loads(child("--replay", folder))
            twins += twin["seconds"][2:]
        peak = json.loads(child("--bound", folder))
        if options.profile:
            print_profile(folder / "profile.json")
    mine, theirs = statistics.median(ours), statistics.median(twins)
    print(f"largest difference: logits {twin['logits']:.2g}, loss over {options.steps} steps {twin['loss']:.2g}")
    print(f"median step of {options.model}, {options.rows} rows, {options.threads} thread(s): "
          f"ours {mine * 1e3:.0f} ms, eager PyTorch {theirs * 1e3:.0f} ms, ratio {theirs / mine:.2f}")
    reached = peak["flops"] / mine / 1e9
    print(f"matrix products: {reached:.0f} of {peak['gflops']:.0f} GFLOP/s, {reached / peak['gflops']:.0%} of the bound")
    if twin["logits"] > 1e-4 or twin["loss"] > 1e-3:
        sys.exit("train_twin: the two disagree")


if __name__ == "__main__":
    inner = {"--replay": replay, "--bound": bound}
    if len(sys.argv) == 3 and sys.argv[1] in inner:
        inner[sys.argv[1]](pathlib.Path(sys.argv[2]))
    else:
        main()
