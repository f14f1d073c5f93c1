"""code_bleu_peer.py SCORE_PAIRS MODULES COUNT: CodeBLEU of COUNT pairs, ours against the PyPI package `codebleu`.

The pairs are functions and passages of the JavaScript in MODULES (npm packages) and what seeded mutations make of them.
The package numbers variables in the order of Python sets of strings, which differs from run to run. So it is run twice:
as it is, and with sets that keep the order of insertion. Ours must equal the second everywhere and the first wherever
the two agree. It also cuts tokens by code points at byte offsets, so the pairs are ASCII.
"""
import builtins
import json
import logging
import pathlib
import random
import re
import subprocess
import sys
import tempfile

try:
    import codebleu
    from codebleu import dataflow_match
    from codebleu.parser import DFG
except ImportError as error:
    print(f"skipped: {error}; run pipelines/setup.sh")
    sys.exit(77)

TOLERANCE = 1e-6
KEYS = ["codebleu", "ngram_match_score", "weighted_ngram_match_score", "syntax_match_score", "dataflow_match_score"]


class OrderedSet(dict):
    """A set that keeps the order of insertion."""

    def __init__(self, items=()):
        super().__init__((item, None) for item in items)

    def add(self, item):
        self[item] = None


def order_sets(ordered):
    for module in (dataflow_match, DFG):
        module.set = OrderedSet if ordered else builtins.set


def passages(modules, rng):
    """Runs of 2 to 60 lines; half of them begin where a statement or function does."""
    files = sorted(p for p in pathlib.Path(modules).glob("**/*.js") if p.is_file() and p.stat().st_size < 400_000)
    texts = []
    for path in files:
        lines = path.read_text("utf-8", "ignore").split("\n")
        if max(map(len, lines)) < 400:
            texts.append(lines)
    while True:
        lines = rng.choice(texts)
        starts = [i for i, line in enumerate(lines) if re.match(r"\s*(function|const|let|var|if|for|while|class)\b", line)]
        begin = rng.choice(starts) if starts and rng.random() < 0.7 else rng.randrange(len(lines))
        text = "\n".join(lines[begin : begin + rng.choice([1, 2, 3, 5, 8, 13, 21, 34, 55])])
        if text.strip() and text.isascii():
            yield text


def mutate(text, other, rng):
    kind = rng.randrange(9)
    lines = text.split("\n")
    if kind == 0:
        return text
    if kind == 1:
        return other
    if kind == 2:
        names = sorted(set(re.findall(r"\b[a-z]\w*\b", text)))
        for name in rng.sample(names, min(3, len(names))):
            text = re.sub(rf"\b{name}\b", rng.choice(["value", "x1", "result"]), text)
        return text
    if kind == 3:
        return "\n".join(line for line in lines if rng.random() < 0.8)
    if kind == 4:
        rng.shuffle(lines)
        return "\n".join(lines)
    if kind == 5:
        return text[: rng.randrange(len(text) + 1)]
    if kind == 6:
        words = text.split(" ")
        return " ".join(word for word in words if rng.random() < 0.9)
    if kind == 7:
        return "// added\n" + text.replace(";", " /* here */ ;", 3)
    return "\n".join(lines[: len(lines) // 2]) + "\nwhile (a < 3) { a += b; b = a; let c = a, d = [b, c]; if (c) d++; else if (a) c--; }\n"


def make_pairs(modules, count):
    rng = random.Random(1)
    source = passages(modules, rng)
    pairs = []
    for _ in range(count):
        reference, other = next(source), next(source)
        pairs.append({"reference": reference, "candidate": mutate(reference, other, rng)})
    return pairs


def package_scores(pairs):
    scores = []
    for pair in pairs:
        score = codebleu.calc_codebleu([pair["reference"]], [pair["candidate"]], "javascript")
        scores.append([score[key] for key in KEYS])
    return scores


def our_scores(program, pairs):
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "pairs"), pathlib.Path(folder, "scores")
        source.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
        subprocess.run([program, source, out], check=True)
        return [json.loads(line) for line in out.read_text().splitlines()]


def differs(a, b):
    return any(abs(x - y) > TOLERANCE for x, y in zip(a, b))


def main():
    program, modules, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    logging.disable(logging.WARNING)
    pairs = make_pairs(modules, count)
    ours = our_scores(program, pairs)
    order_sets(False)
    plain = package_scores(pairs)
    order_sets(True)
    ordered = package_scores(pairs)
    wrong = 0
    for i, (pair, got, want) in enumerate(zip(pairs, ours, ordered)):
        if differs(got, want):
            wrong += 1
            if wrong <= 5:
                print(f"pair {i}: ours {got}, package {want}\n--- reference\n{pair['reference']}\n--- candidate\n{pair['candidate']}")
    unsure = sum(differs(a, b) for a, b in zip(plain, ordered))
    largest = max(abs(x - y) for got, want in zip(ours, ordered) for x, y in zip(got, want))
    flows = sum(score[4] > 0 for score in ordered)
    print(f"{count} pairs, {flows} with common data flow: {wrong} differ, largest difference {largest:.1e}; "
          f"the package itself depends on Python's hash seed in {unsure}")
    return 1 if wrong else 0


sys.exit(main())
