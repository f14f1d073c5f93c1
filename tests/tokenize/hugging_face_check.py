"""Compares `tokenize` with the PyPI package `tokenizers`: stage-1 merges, and the ids of many texts.

usage: hugging_face_check.py TOKENIZE WRITE_SAMPLE_DOCUMENTS [DOCUMENTS TOKENIZER]

With a documents directory and a tokenizer directory, also compares the ids of all of that text, and stage 1 with 8,192
and with 16,384 entries.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

SKIP = 77
BASE_SIZE = 8 + 256

try:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
except ImportError as error:
    print(f"skipped: no PyPI package tokenizers ({error}); run pipelines/setup.sh")
    sys.exit(SKIP)

tokenize, write_sample_documents = sys.argv[1:3]


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


def train(documents, out, *flags):
    run(tokenize, "train", "--documents", documents, "--out", out, "--valid-share", "0", "--test-share", "0",
        "--log-level", "error", *flags)
    with open(os.path.join(out, "tokenizer.json"), encoding="utf-8") as file:
        return json.load(file)


def load(directory):
    tokenizer = Tokenizer.from_file(os.path.join(directory, "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    return tokenizer


def hugging_face_merges(texts, size, pattern, max_token_bytes, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, show_progress=False, max_token_length=max_token_bytes + 1,
        special_tokens=specials, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]], model["vocab"]


def compare_stage1(name, documents, texts, out, size, max_token_bytes=48):
    ours = train(documents, out, "--vocab-size", str(size), "--transition", str(size), "--max-token-bytes",
                 str(max_token_bytes))
    with open(os.path.join(out, "report.json"), encoding="utf-8") as file:
        pattern = json.load(file)["stage1_pattern"]
    merges, vocabulary = hugging_face_merges(texts, size, pattern, max_token_bytes,
                                             [token["content"] for token in ours["added_tokens"]])
    ours_merges = [tuple(merge) for merge in ours["model"]["merges"]]
    for rank, (mine, theirs) in enumerate(zip(ours_merges, merges)):
        assert mine == theirs, f"{name}: merge {rank} is {mine}, Hugging Face has {theirs}"
    assert len(ours_merges) == len(merges), f"{name}: {len(ours_merges)} merges, Hugging Face has {len(merges)}"
    assert ours["model"]["vocab"] == vocabulary, f"{name}: vocabularies differ"
    print(f"stage 1, {name}: {len(merges)} merges equal")


def check_stage1(work, name, repos, files, size, max_token_bytes=48):
    documents = os.path.join(work, name)
    lines = run(write_sample_documents, documents, str(repos), str(files), "7").decode().rstrip("\n").split("\n")
    texts = [json.loads(line) for line in lines]
    compare_stage1(name, documents, texts, os.path.join(work, name + "-tokenizer"), size, max_token_bytes)
    return documents, texts


def strange_texts():
    rng = random.Random(5)
    texts = ["", " ", "\n", "\r\n", "a", "<|end|>", "x<|pad|><|mask|>y", "\0", "é" * 50, "1" * 100, " " * 3000,
             "a" * 10000, "()" * 2000, "\U0001f642" * 30, "\u2028\u00a0\ufeff", "e\u0301\u200d", "١٢٣ 1२3 ①②"]
    planes = [(0, 0x7f), (0, 0xff), (0x100, 0x24f), (0x300, 0x36f), (0x600, 0x6ff), (0x2000, 0x206f), (0x3000, 0x30ff),
              (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xe000, 0xf8ff), (0x10000, 0x10fff), (0x1f300, 0x1faff),
              (0xe0000, 0xe01ef), (0x100000, 0x10ffff)]
    pieces = ["const ", "return", "\n    ", "\n", "{", "}", "();", "=> ", "123", "4", "<|end|>", "import "]
    for _ in range(3000):
        text = ""
        for _ in range(rng.randrange(1, 30)):
            if rng.random() < 0.5:
                text += rng.choice(pieces)
            else:
                low, high = rng.choice(planes)
                text += chr(rng.randint(low, high))
        texts.append(text)
    return texts


def our_ids(directory, texts):
    """One process for all: texts go in as one document each, by way of files of one text."""
    lines = [text for text in texts if "\n" not in text]
    encoded = run(tokenize, "encode", "--tokenizer", directory, "--lines",
                  input="".join(line + "\n" for line in lines).encode())
    ids = dict(zip(lines, map(json.loads, encoded.decode().rstrip("\n").split("\n"))))
    for text in texts:
        if text not in ids:
            ids[text] = json.loads(run(tokenize, "encode", "--tokenizer", directory, input=text.encode()))
    return [ids[text] for text in texts]


def check_ids(directory, texts, name):
    tokenizer = load(directory)
    expected = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    for text, mine, theirs in zip(texts, our_ids(directory, texts), expected):
        assert mine == theirs, f"{name}: ids differ for {text[:200]!r}: {mine[:20]} and {theirs[:20]}"
        if theirs:
            assert tokenizer.decode(theirs, skip_special_tokens=False) == text, f"{name}: decode differs"
    print(f"{name}: ids of {len(texts)} texts ({sum(map(len, texts))} characters) equal")


def documents_texts(directory):
    parts = sorted(part for part in os.listdir(directory) if part.startswith("documents-"))
    for part in parts:
        for line in run("zstd", "-dcq", os.path.join(directory, part)).decode().split("\n"):
            if line:
                yield json.loads(line)["text"]


with tempfile.TemporaryDirectory() as work:
    check_stage1(work, "small", 1, 2, 320)
    check_stage1(work, "short tokens", 2, 4, 400, max_token_bytes=6)
    medium, medium_texts = check_stage1(work, "medium", 6, 40, 1900)
    superbpe = os.path.join(work, "superbpe")
    train(medium, superbpe, "--vocab-size", "1500", "--transition", "700", "--min-repos", "2")
    check_ids(superbpe, medium_texts[:60], "superwords, own text")
    strange = [text for text in strange_texts() if text.count("\n") == 0] + strange_texts()[-60:]
    check_ids(superbpe, strange, "superwords, strange text")
    if len(sys.argv) > 4:
        texts = list(documents_texts(sys.argv[3]))
        check_ids(sys.argv[4], texts, "documents")
        for size in (8192, 16384):
            compare_stage1(f"documents, {size} entries", sys.argv[3], texts, os.path.join(work, f"documents-{size}"), size)
