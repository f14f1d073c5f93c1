#!/usr/bin/env python3
"""scale_model.py BIN LIST [--cache DIR] [--work DIR]: cost of the data stages on 25, 50 and 100 % of the packages of LIST,
each measure as a straight line of the amount of text, and what the lines say of 1 TB of text in a million repositories.

Times are of processors, user and system, so other load hardly matters. A straight line through three points that span a factor
of four says nothing about effects that begin later; the table shows what ends first."""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

SHARES = (4, 2, 1)  # every fourth package, every second, every one
TASKS = 4
TERABYTE, REPOSITORIES = 1e12, 1e6
TASK_SECONDS = 3600.0  # how long a task at scale may take
MACHINE_GIB = 128
CPU, MEMORY = 0, 1  # of a measure


def measure(command):
    """(processor seconds, MiB at most) of a command."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command}: {said.decode()[-400:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def size(*paths):
    return sum((path / "manifest.json").stat().st_size for path in paths)


def run_share(bin, sources, cache, work):
    """Measures of one list: {what: (CPU seconds, MiB)} and {manifest: bytes}."""
    def parts(name, count=TASKS):
        return [work / f"{name}-{task}" for task in range(count)]
    ingest = [bin / "ingest", "run", "--sources", sources, "--cache", cache, "--no-incremental", "-j1"]
    documents, tokenizer = work / "documents", work / "tokenizer"
    used = {}
    tasks = [measure([*ingest, "--task", task, "--of", TASKS, "--out", out]) for task, out in enumerate(parts("ingest"))]
    used["ingest, all tasks"] = sum(cpu for cpu, _ in tasks), max(memory for _, memory in tasks)
    used["ingest merge"] = measure([bin / "ingest", "merge", *parts("ingest"), "-j1", "--out", documents])
    used["tokenize"] = measure([bin / "tokenize", "train", "--documents", documents, "-j1", "--out", tokenizer])
    shard = [bin / "shard", "build", "--documents", documents, "--tokenizer", tokenizer, "-j1"]
    # Reading and planning, which every task does for itself: a task that has no unit.
    used["shard, plan of one task"] = measure([*shard, "--task", 9999, "--of", 10000, "--out", work / "plan"])
    tasks = [measure([*shard, "--task", task, "--of", TASKS, "--out", out]) for task, out in enumerate(parts("shard"))]
    plan = used["shard, plan of one task"][0]
    used["shard, all tasks but plans"] = sum(cpu for cpu, _ in tasks) - TASKS * plan, max(memory for _, memory in tasks)
    used["shard merge"] = measure([bin / "shard", "merge", *parts("shard"), "-j1", "--out", work / "shards"])
    sizes = {"manifests of ingest's parts": size(*parts("ingest")), "manifest of the documents": size(documents),
             "manifest of one shard part": size(work / "plan"), "manifest of the shards": size(work / "shards")}
    return used, sizes


def text_bytes(documents):
    """UTF-8 bytes of all texts and number of files."""
    total = files = 0
    for path in sorted(documents.glob("documents-*.jsonl.zst")):
        zstd = subprocess.Popen(["zstdcat", path], stdout=subprocess.PIPE)
        for line in zstd.stdout:
            total += len(json.loads(line)["text"].encode())
            files += 1
        zstd.wait()
    return total, files


def line_through(points):
    """Least squares: (constant, slope)."""
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return mean_y - slope * mean_x, slope


def at(points, x):
    constant, slope = line_through(points)
    return max(0.0, constant) + max(0.0, slope) * x


def human(value, units, step):
    for unit in units[:-1]:
        if value < step:
            return f"{value:.3g} {unit}"
        value /= step
    return f"{value:.3g} {units[-1]}"


def data(value):
    return human(value, ["B", "kB", "MB", "GB", "TB", "PB"], 1000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("list", type=pathlib.Path)
    parser.add_argument("--cache", default=pathlib.Path.home() / ".cache/palimpsest")
    parser.add_argument("--work", default=None)
    arguments = parser.parse_args()
    head, *rows = [line for line in arguments.list.read_text().splitlines() if line and not line.startswith("#")]
    used, sizes, amounts = [], [], []
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        for share in SHARES:
            work = pathlib.Path(folder, str(share))
            work.mkdir()
            (work / "list.tsv").write_text("\n".join([head, *rows[::share]]) + "\n")
            measured, manifests = run_share(arguments.bin, work / "list.tsv", arguments.cache, work)
            used.append(measured)
            sizes.append(manifests)
            amounts.append((len(rows[::share]), *text_bytes(work / "documents")))
    print("| packages | " + " | ".join(str(packages) for packages, _, _ in amounts) + " | 1 TB |")
    print("| --- |" + " --- |" * (len(amounts) + 1))
    print("| text | " + " | ".join(data(text) for _, text, _ in amounts) + f" | {data(TERABYTE)} |")
    print("| files | " + " | ".join(str(files) for _, _, files in amounts) +
          f" | {at([(text, files) for _, text, files in amounts], TERABYTE):.3g} |")
    for what in used[0]:
        cpu = [measured[what][0] for measured in used]
        memory = [measured[what][1] for measured in used]
        texts = [text for _, text, _ in amounts]
        seconds = at(list(zip(texts, cpu)), TERABYTE)
        print(f"| {what} | " + " | ".join(f"{c:.1f} s, {m:.0f} MiB" for c, m in zip(cpu, memory)) +
              f" | {seconds / 3600:.3g} core hours, {data(at(list(zip(texts, memory)), TERABYTE) * 2**20)} |")
    for what in sizes[0]:
        # Of what a manifest grows with there are as many repositories as packages.
        points = [(packages, manifests[what]) for (packages, _, _), manifests in zip(amounts, sizes)]
        print(f"| {what} | " + " | ".join(data(manifests[what]) for manifests in sizes) +
              f" | {data(at(points, REPOSITORIES))} |")
    def line(what, measure):
        return [(text, measured[what][measure]) for (_, text, _), measured in zip(amounts, used)]

    constant, slope = line_through(line("ingest merge", MEMORY))
    print(f"""
- A machine of {MACHINE_GIB} GiB joins {data((MACHINE_GIB * 1024 - constant) / slope)} of text in `ingest merge`: it ends first.
- `tokenize` learns from a sample once --memory (2 GiB) is reached; its memory above is without that limit.
- Memory of ingest's and shard's tasks is that of a quarter of the text; more tasks have less each.
- ingest at 1 TB: {at(line("ingest, all tasks", CPU), TERABYTE) / TASK_SECONDS:.0f} tasks of an hour on one core. Every task of shard first plans for \
{at(line("shard, plan of one task", CPU), TERABYTE) / 3600:.2g} core hours, however many there are.""")


if __name__ == "__main__":
    main()
