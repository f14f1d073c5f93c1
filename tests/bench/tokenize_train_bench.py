"""Times both stages of `tokenize train` beside Hugging Face's BpeTrainer, on the same text and in the same run.

usage: tokenize_train_bench.py TOKENIZE DOCUMENTS [--vocab-size 8192] [--rounds 3]

Prints ratios of the fastest rounds, peak memory, and how stage times grow with the text (25, 50 and 100 %).
Needs the PyPI package `tokenizers` on PYTHONPATH and the program zstd.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time

try:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
except ImportError as error:
    sys.exit(f"no PyPI package tokenizers ({error}); set PYTHONPATH to the folder that pipelines/setup.sh unpacks")

SHARES = (0.25, 0.5, 1)
PROBE_MEMORY = 64 << 20  # the least that --memory takes
NO_SPLIT = ("--valid-share", "0", "--test-share", "0")  # so that both sides learn from the same text


def documents_texts(directory):
    for part in sorted(part for part in os.listdir(directory) if part.startswith("documents-")):
        lines = subprocess.run(["zstd", "-dcq", os.path.join(directory, part)], check=True, stdout=subprocess.PIPE)
        for line in lines.stdout.decode().split("\n"):
            if line:
                yield json.loads(line)["text"]


def high_water_bytes(pid):
    """Peak memory so far. ru_maxrss would count what this process held when it started the other."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return max((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), default=0)
    except OSError:
        return 0


def train_ours(tokenize, documents, out, *flags):
    """Seconds by phase, the report and the peak memory in bytes."""
    process = subprocess.Popen([tokenize, "train", "--documents", documents, "--out", out, "--overwrite", *NO_SPLIT,
                                "--log-level", "error", *flags], stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, high_water_bytes(process.pid))
        time.sleep(0.02)
    if process.returncode != 0:
        sys.exit(f"tokenize train ended with {process.returncode}")
    with open(os.path.join(out, ".timings.json"), encoding="utf-8") as file:
        seconds = json.load(file)
    with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
        return seconds, json.load(file), peak


def train_hugging_face(texts, pattern, vocab_size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, min_frequency=2, show_progress=False, max_token_length=49,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    start = time.monotonic()
    tokenizer.train_from_iterator(texts, trainer)
    return time.monotonic() - start


def stage_seconds(seconds, stage):
    return sum(value for phase, value in seconds.items() if phase.startswith(stage))


def slope(points):
    """Exponent of the power law through (size, seconds), least squares on logarithms."""
    logs = [(math.log(size), math.log(seconds)) for size, seconds in points]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def compare(options, texts, out):
    size = str(options.vocab_size)
    stage1, hugging_face, both = [], [], []
    for _ in range(options.rounds):
        seconds, report, _ = train_ours(options.tokenize, options.documents, out, "--vocab-size", size,
                                        "--transition", size)
        stage1.append(stage_seconds(seconds, "stage 1"))
        hugging_face.append(train_hugging_face(texts, report["stage1_pattern"], options.vocab_size))
        both.append(train_ours(options.tokenize, options.documents, out, "--vocab-size", size))
    text_bytes = sum(len(text.encode()) for text in texts)
    first, peer = min(stage1), min(hugging_face)
    print(f"{text_bytes / 1e6:.1f} MB of text, {os.cpu_count()} cores, {size} entries, fastest of {options.rounds} rounds")
    print(f"stage 1 alone: {first:.2f} s; Hugging Face BpeTrainer: {peer:.2f} s; ratio {peer / first:.2f}")
    two_stages = min((seconds for seconds, _, _ in both), key=lambda seconds: stage_seconds(seconds, "stage"))
    stage2 = stage_seconds(two_stages, "stage 2")
    print("two stages: " + ", ".join(f"{phase} {value:.2f} s" for phase, value in two_stages.items()))
    print(f"stage 2 / stage 1 alone: {stage2 / first:.2f}; / stage 1 of the same run: "
          f"{stage2 / stage_seconds(two_stages, 'stage 1'):.2f}")
    peak = max(peak for _, _, peak in both)
    print(f"peak memory of the whole run: {peak / 1e6:.0f} MB, {peak / text_bytes:.2f} times the text")


def scaling(options, out):
    """`--memory` takes a stratified sample, and the report says how much text that was."""
    _, whole, _ = train_ours(options.tokenize, options.documents, out, "--vocab-size", "300")
    _, part, _ = train_ours(options.tokenize, options.documents, out, "--vocab-size", "300", "--memory", f"{PROBE_MEMORY}b")
    if part["text"]["used"] == part["text"]["bytes"]:
        print("scaling: too little text to sample from")
        return
    memory_per_byte = PROBE_MEMORY / part["text"]["used"]
    points = {"stage 1": [], "stage 2": []}
    for share in SHARES:
        memory = str(math.ceil(share * whole["text"]["bytes"] * memory_per_byte * (1 if share < 1 else 2)))
        runs = [train_ours(options.tokenize, options.documents, out, "--vocab-size", str(options.vocab_size),
                           "--memory", memory + "b") for _ in range(options.rounds)]
        used = runs[0][1]["text"]["used"]
        for stage, line in points.items():
            line.append((used, min(stage_seconds(seconds, stage) for seconds, _, _ in runs)))
        print(f"scaling: {used / 1e6:.1f} MB of text, stage 1 {points['stage 1'][-1][1]:.2f} s, stage 2 "
              f"{points['stage 2'][-1][1]:.2f} s, peak {max(peak for _, _, peak in runs) / used:.2f} times the text")
    for stage, line in points.items():
        print(f"scaling: {stage} grows with exponent {slope(line):.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenize")
    parser.add_argument("documents")
    parser.add_argument("--vocab-size", type=int, default=8192)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    texts = list(documents_texts(options.documents))
    with tempfile.TemporaryDirectory() as out:
        compare(options, texts, os.path.join(out, "tokenizer"))
        scaling(options, os.path.join(out, "tokenizer"))


if __name__ == "__main__":
    main()
