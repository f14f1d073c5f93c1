"""Writes unicode_runs.inc: the character classes of the presets as the Oniguruma inside PyPI `tokenizers` knows them.

usage: PYTHONPATH=.deps/python python3 common/tokens/generate_unicode_runs.py > common/tokens/unicode_runs.inc
"""
import tokenizers
from tokenizers import Regex, pre_tokenizers

# In the order of CharClass; what matches none of them is kOther.
CLASSES = [r"[\p{Lu}\p{Lt}]", r"\p{Ll}", r"[\p{Lm}\p{Lo}]", r"\p{M}", r"\p{N}", r"\s"]
BLOCK = 4096
PER_LINE = 10

points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
class_of = dict.fromkeys(points, 0)
for number, pattern in enumerate(CLASSES, 1):
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    for start in range(0, len(points), BLOCK):
        block = points[start:start + BLOCK]
        kept = set()
        for _, (begin, end) in split.pre_tokenize_str("".join(map(chr, block))):
            kept.update(block[begin:end])
        for point in block:
            if point not in kept:
                assert class_of[point] == 0, hex(point)
                class_of[point] = number

runs = []
last = None
for point in points:
    if class_of[point] != last:
        last = class_of[point]
        runs.append(f"{point << 3 | last:#x}")
print(f"// Written by generate_unicode_runs.py with tokenizers {tokenizers.__version__}: first code point << 3 | CharClass.")
print("// clang-format off")
for start in range(0, len(runs), PER_LINE):
    print(", ".join(runs[start:start + PER_LINE]) + ",")
