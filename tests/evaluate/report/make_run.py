#!/usr/bin/env python3
"""make_run.py DIR [--steps N] [--seed S] [--hostile]: what the stages leave of a training run, made up.

The folders model, scores, routing, shards, tokenizer and documents refer to each other by digest as real ones do. --hostile puts
markup, quotes, control characters and bidirectional overrides into every name and text.
"""
import argparse
import hashlib
import json
import math
import pathlib
import random

LABELS = ["core", "nestjs", "nextjs", "react"]
HOSTILE = "</script><script>bad()</script><!--\"'&\u202e\u2066\u0000\u0007\u2028<img src=x onerror=bad()>"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def write_manifest(folder, stage, inputs, outputs, counts, config=None):
    files = [{"path": name, "bytes": (folder / name).stat().st_size, "sha256": sha256((folder / name).read_bytes())}
             for name in outputs]
    manifest = {"format": 1, "stage": stage, "tool_version": "0.1.0", "config": config or {}, "inputs": inputs,
                "outputs": files, "counts": counts}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2))
    return sha256((folder / "manifest.json").read_bytes())


def counts(rng):
    return {"files": rng.randrange(100, 900), "bytes": rng.randrange(10**5, 10**7), "chunks": 1}


def make_documents(folder, rng, odd):
    folder.mkdir()
    report = {"sources": 3, "failed_sources": 0, "files": 1814, "bytes": 5802333, "chunks": 5238, "duplicates": 12,
              "labels": LABELS, "families": {label: counts(rng) for label in LABELS},
              "skips": {"declaration_file": counts(rng), "near_duplicate": counts(rng), "not_typescript": {"files": 3689}},
              "licenses": {"MIT" + odd: counts(rng), "Apache-2.0": counts(rng)},
              "by_source": [{"kind": "npm", "name": f"package-{i}{odd}", "revision": "1.2.3", **counts(rng),
                             "families": {"react": counts(rng)}} for i in range(40)],
              "failed": [], "secrets": {"email": 11, "token": 0}}
    (folder / "report.json").write_text(json.dumps(report))
    return write_manifest(folder, "ingest run", {}, ["report.json"], {})


def make_tokenizer(folder, rng, odd):
    folder.mkdir()
    family = lambda: {"bytes_per_token": 3.5 + rng.random(), "tokens_per_line": 7 + rng.random(), "tokens": 12345,
                      "identifier_alignment": 0.87}
    report = {"preset": "code", "tokens": 4096,
              "superwords": {"count": 693, "share_of_valid_tokens": 0.15, "longest": ["}\n      " + odd, " Record<string"],
                             "most_frequent": [";\n  ", " } from './"]},
              "usage": {"unused_share": 0.024},
              "compression": {split: {label: family() for label in ["all"] + LABELS} for split in ("valid", "train")}}
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "tokenizer.json").write_text("{}")
    write_manifest(folder, "tokenize train", {}, ["report.json", "tokenizer.json"], {})
    return sha256(b"{}")


def make_shards(folder, documents, tokenizer):
    folder.mkdir()
    row = {"rows": 767, "tokens": 193848, "padding_share": 0.0127, "text_bytes": 812973}
    splits = {split: {label: row for label in LABELS} for split in ("train", "valid")}
    repositories = {label: {split: {"repositories": 2} for split in splits} for label in LABELS}
    return write_manifest(folder, "shard build", {"documents": documents, "tokenizer": tokenizer}, [],
                          {"splits": splits, "repositories": repositories})


def router(rng, layer, done):
    load = [0.25 + rng.uniform(-0.05, 0.05) for _ in LABELS]
    families = {label: {"specialization": rng.uniform(-0.3, 1), "supervised": 1.4 * (1 - done) + 0.01,
                        "accuracy": min(1, 0.3 + done + 0.1 * rng.random())} for label in LABELS}
    return {"layer": layer, "entropy": 1 - 0.9 * done, "load": load, "load_balance": 1.1, "z": 0.7, "families": families,
            "gradient_norm": {"router": 0.01 + 0.01 * rng.random(), "experts": [0.2 + 0.1 * rng.random() for _ in load]}}


def step_line(rng, step, steps, seed):
    done = step / steps
    nelbo = 7.4 * math.exp(-3 * done) / 2 + 3.8 + 0.02 * seed + rng.gauss(0, 0.15)
    return {"kind": "step", "step": step, "stage": "general" if done < 0.6 else "framework",
            "learning_rate": 3e-3 * 0.5 * (1 + math.cos(math.pi * done)), "total": nelbo + 0.07, "nelbo": nelbo,
            "bits_per_byte": nelbo / 2.6, "gradient_norm": 2 * math.exp(rng.gauss(0, 0.4)), "load_balance": 1.1, "z": 0.7,
            "supervised": 1.4 * (1 - done), "router_entropy": 1 - 0.9 * done,
            "specialization": {label: rng.uniform(-0.3, 1) for label in LABELS},
            "routers": [router(rng, 1, done), router(rng, 3, done)]}


def validation_line(rng, step, steps):
    done = step / steps
    by_family = {label: 2.2 + 0.9 * math.exp(-3 * done) + 0.1 * i for i, label in enumerate(LABELS)}
    specialization = {label: min(1, done * (0.6 + 0.2 * i)) for i, label in enumerate(LABELS)}
    return {"kind": "validation", "step": step, "bits_per_byte": sum(by_family.values()) / 4, "perplexity": 400 * (2 - done),
            "bits_per_byte_by_family": by_family, "router_entropy": 1 - 0.7 * done, "specialization": specialization,
            "mean_specialization": sum(specialization.values()) / 4}


def make_model(folder, rng, shards, steps, seed, odd):
    checkpoint = folder / "checkpoints" / f"step-{steps}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "state.json").write_text(json.dumps({"step": steps, "seed": seed}))
    with open(folder / "metrics.jsonl", "w") as metrics, open(folder / "timing.jsonl", "w") as timing:
        for step in range(steps):
            metrics.write(json.dumps(step_line(rng, step, steps, seed)) + "\n")
            timing.write(json.dumps({"step": step, "seconds": 0.1, "tokens_per_second": 9000 + step % 7,
                                     "peak_memory_bytes": 2**28}) + "\n")
            if (step + 1) % max(1, steps // 25) == 0:
                metrics.write(json.dumps(validation_line(rng, step, steps)) + "\n")
    config = {"seed": str(seed), "threads": "2", "model": json.dumps({"layers": 4, "experts": 4, "moe_layers": [1, 3]}),
              "recipe": json.dumps({"optimizer": "muon" + odd, "stages": [{"name": "general", "steps": steps * 3 // 5},
                                                                          {"name": "framework", "steps": steps * 2 // 5}]})}
    write_manifest(folder, "train run", {"shards": shards}, ["metrics.jsonl"],
                   {"steps": steps, "parameters": 988960, "active_parameters": 767776}, config)
    return sha256((checkpoint / "state.json").read_bytes())


def interval(value, width):
    return {"value": value, "low": value - width, "high": value + width}


def make_scores(folder, rng, checkpoint, steps, seed, odd):
    folder.mkdir()
    families = {}
    for i, label in enumerate(LABELS):
        bits = 2.1 + 0.1 * i + 0.03 * seed
        families[label] = {"tokens": 50000, "bytes": 180000, "nats_per_token": 5.7, "perplexity": 300 + i,
                           "bits_per_byte": bits, "bits_per_byte_low": bits - 0.04, "bits_per_byte_high": bits + 0.05,
                           "unigram_bits_per_byte": 2.9 + 0.05 * i}
    baselines = [{"name": name, "bits_per_byte": bits, "families": {label: bits + 0.05 * i for i, label in enumerate(LABELS)}}
                 for name, bits in (("5-gram", 2.45), ("xz -9", 2.7), ("zstd -19", 2.8))]
    shares = [[0.7 if e == f else 0.1 for e in range(4)] for f in range(4)]
    forced = [[interval(2.1 + 0.1 * f + (0 if e == f else 0.02 + 0.01 * e), 0.01) for e in range(4)] for f in range(4)]
    examples = []
    for i in range(16):
        tokens = ["private", " readonly", " cats", ": ", "Cat[]", ";\n  "]
        order = rng.sample(range(6), 6)
        examples.append({"label": LABELS[i % 4], "path": f"src/file-{i}.ts{odd}", "before": "export class Cats {\n  " + odd,
                         "after": "\n}\n" + odd, "original": "private cats;" + odd, "filled": "".join(tokens),
                         "tokens": tokens, "confidence": [rng.random() for _ in tokens], "order": order})
    scores = {"split": "valid", "step": steps, "mask_draws": 4, "labels": LABELS, "model": {"moe_layers": [1, 3]},
              "parameters": {"total": 988960, "active": 767776}, "families": families, "baselines": baselines,
              "overall": {"tokens": 200000, "bytes": 720000, "perplexity": 300.5, "bits_per_byte": 2.24 + 0.03 * seed,
                          "mean_bits_per_byte": interval(2.25 + 0.03 * seed, 0.03), "unigram_mean_bits_per_byte": 2.97},
              "routing": {"specialization": {**{label: interval(0.6, 0.05) for label in LABELS}, "mean": 0.6},
                          "specialization_by_mask_ratio": [{label: 0.8 - 0.1 * b for label in LABELS} for b in range(5)],
                          "router_entropy": 0.33, "normalized_mutual_information": 0.34, "share_by_layer": [shares, shares]},
              "forced_experts": {"bits_per_byte": forced,
                                 "own_expert_gain_nats": {label: interval(0.03, 0.01) for label in LABELS}},
              "repositories": [{"name": f"repository-{i}{odd}", "label": "react", "bytes": 1000 * i,
                                "bits_per_byte": interval(2.2, 0.1)} for i in range(40)],
              "infill": {"summary": {label: {"holes": 16, "exact_match": 0.06, "token_accuracy": 0.31} for label in LABELS},
                         "examples": examples}}
    (folder / "scores.json").write_text(json.dumps(scores))
    write_manifest(folder, "evaluate score", {"checkpoint": checkpoint}, ["scores.json"], {})


def make_routing(folder, checkpoint, steps, odd):
    folder.mkdir()
    by_family = {label: interval(0.6, 0.1) for label in LABELS + ["mean"]}
    probe = {"specialization": by_family, "masked_specialization": by_family}
    routing = {"step": steps, "labels": [label + odd for label in LABELS] if odd else LABELS, "experts": 4,
               "router": {"specialization": by_family}, "probe": {"all": probe, "header": probe, "text": None, "shuffled": probe},
               "shuffled_labels": {"shuffles": 200, "specialization": by_family, "p": {"mean": 0.005}},
               "forced_experts": {"nats_per_token": [[interval(5.5, 0.1)] * 4] * 4, "routed_nats_per_token": by_family,
                                  "own_expert_gain_nats": by_family}}
    (folder / "routing.json").write_text(json.dumps(routing))
    write_manifest(folder, "evaluate routing", {"checkpoint": checkpoint}, ["routing.json"], {})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", action="store_true")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    odd = HOSTILE if arguments.hostile else ""
    root = arguments.directory
    root.mkdir(parents=True)
    documents = make_documents(root / "documents", rng, odd)
    tokenizer = make_tokenizer(root / "tokenizer", rng, odd)
    shards = make_shards(root / "shards", documents, tokenizer)
    checkpoint = make_model(root / "model", rng, shards, arguments.steps, arguments.seed, odd)
    make_routing(root / "routing", checkpoint, arguments.steps, odd)
    make_scores(root / "scores", rng, checkpoint, arguments.steps, arguments.seed, odd)


main()
