"""Compares our ids with those of the PyPI package `tokenizers`, text by text.

usage: hugging_face_ids.py generated ENCODE_TEXTS TOKENIZE WRITE_SAMPLE_DOCUMENTS COUNT
       hugging_face_ids.py documents ENCODE_TEXTS TOKENIZER_DIR DOCUMENTS_DIR

`generated` trains a small tokenizer and encodes COUNT strings of all planes, code and special tokens with each kind of
pattern, specials as data and as specials. `documents` encodes the text of every document.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

SKIP = 77
BLOCK = 50_000
SUPERBPE_STAGE2 = r"\p{N}{1,3}| ?[^\p{Z}\t-\r\x{85}\p{L}\p{N}]{2,}[\r\n/]*| +(?![^\p{Z}\t-\r\x{85}])"  # kSuperBpePreset

try:
    from tokenizers import Tokenizer
except ImportError as error:
    print(f"skipped: no PyPI package tokenizers ({error}); run pipelines/setup.sh")
    sys.exit(SKIP)

PLANES = [(0, 0x7F), (0, 0xFF), (0x100, 0x24F), (0x300, 0x36F), (0x400, 0x52F), (0x600, 0x6FF), (0x900, 0xDFF),
          (0x1680, 0x180F), (0x2000, 0x206F), (0x2150, 0x218F), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xA000, 0xABFF),
          (0xAC00, 0xD7A3), (0xE000, 0xFFFF), (0x10000, 0x1FFFF), (0x20000, 0x3FFFF), (0x40000, 0xDFFFF),
          (0xE0000, 0xE01EF), (0xF0000, 0x10FFFF)]
PIECES = ["const ", "return", "\n    ", "\n", "\r\n", "\r", "\t", " ", "  ", "{", "}", "();", " => ", "123", "4", "import ",
          "// ", "/", "getUserByID", "ID", "'s", "<|end|>", "<|pad|>", "<|mask|>", "<|", "|>", "<|reserved_3|>", "_"]


def generated_text(rng):
    text = []
    for _ in range(rng.randrange(0, 16)):
        if rng.random() < 0.6:
            text.append(rng.choice(PIECES))
        else:
            low, high = rng.choice(PLANES)
            text.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(1, 4))))
    return "".join(text)


def our_ids(encode_texts, tokenizer_json, texts, specials):
    with tempfile.TemporaryDirectory() as work:
        frames, out = os.path.join(work, "frames"), os.path.join(work, "out")
        with open(frames, "wb") as file:
            for text in texts:
                data = text.encode()
                file.write(struct.pack("<Q", len(data)) + data)
        subprocess.run([encode_texts, tokenizer_json, frames, out] + ["--specials"] * specials, check=True)
        with open(out, "rb") as file:
            data = file.read()
    at = 0
    for _ in texts:
        (count,) = struct.unpack_from("<I", data, at)
        yield list(struct.unpack_from(f"<{count}H", data, at + 4))
        at += 4 + 2 * count


def compare(name, encode_texts, tokenizer_json, texts, specials=False):
    hugging_face = Tokenizer.from_file(tokenizer_json)
    hugging_face.encode_special_tokens = not specials
    total = 0
    for start in range(0, len(texts), BLOCK):
        block = texts[start:start + BLOCK]
        expected = hugging_face.encode_batch(block, add_special_tokens=False)
        for text, mine, theirs in zip(block, our_ids(encode_texts, tokenizer_json, block, specials), expected):
            assert mine == theirs.ids, f"{name}: ids differ for {text[:200]!r}: {mine[:20]} and {theirs.ids[:20]}"
            total += len(mine)
    print(f"{name}: {len(texts)} texts, {total} ids equal", flush=True)


def with_pre_tokenizer(directory, name, pattern):
    """The same vocabulary behind another pattern; None for no pattern."""
    with open(os.path.join(directory, "tokenizer.json"), encoding="utf-8") as file:
        tokenizer = json.load(file)
    if pattern is None:
        tokenizer["pre_tokenizer"] = tokenizer["pre_tokenizer"]["pretokenizers"][1]
    else:
        tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = pattern
    path = os.path.join(directory, name + ".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tokenizer, file)
    return path


def check_generated(encode_texts, tokenize, write_sample_documents, count):
    rng = random.Random(11)
    texts = [generated_text(rng) for _ in range(count)]
    with tempfile.TemporaryDirectory() as work:
        documents, trained = os.path.join(work, "documents"), os.path.join(work, "tokenizer")
        subprocess.run([write_sample_documents, documents, "6", "40", "7"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([tokenize, "train", "--documents", documents, "--out", trained, "--vocab-size", "1500",
                        "--transition", "700", "--min-repos", "2", "--valid-share", "0", "--test-share", "0",
                        "--log-level", "error"], check=True, stdout=subprocess.DEVNULL)
        code = os.path.join(trained, "tokenizer.json")
        superbpe = with_pre_tokenizer(trained, "superbpe", SUPERBPE_STAGE2)
        compare("code, specials are data", encode_texts, code, texts)
        compare("code, specials allowed", encode_texts, code, texts, specials=True)
        compare("superbpe", encode_texts, superbpe, texts)
        part = texts[:len(texts) // 10]
        compare("superbpe, specials allowed", encode_texts, superbpe, part, specials=True)
        compare("no pattern", encode_texts, with_pre_tokenizer(trained, "none", None), part)
        compare("other pattern (PCRE2)", encode_texts, with_pre_tokenizer(trained, "other", " ?[a-z]+|[0-9]|[{}]+"), part)


def check_documents(encode_texts, tokenizer, documents):
    parts = sorted(part for part in os.listdir(documents) if part.startswith("documents-"))
    for part in parts:
        lines = subprocess.run(["zstd", "-dcq", os.path.join(documents, part)], check=True,
                               stdout=subprocess.PIPE).stdout.decode().split("\n")
        texts = [json.loads(line)["text"] for line in lines if line]
        compare(part, encode_texts, os.path.join(tokenizer, "tokenizer.json"), texts)


if sys.argv[1] == "generated":
    check_generated(*sys.argv[2:5], int(sys.argv[5]))
else:
    check_documents(*sys.argv[2:5])
