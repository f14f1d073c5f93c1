"""Encoders side by side, on one thread, in CPU seconds of one run: ours, Hugging Face `tokenizers`, `tiktoken`, `kitoken`.

usage: encoder_bench.py ENCODE_BENCH TOKENIZER_DIR DOCUMENTS_DIR [--megabytes N]

Ours encodes the text of all documents (`cold`: the first pass of a fresh process). The peers encode a sample of every k-th document
with N MB in all (default 4), and ours encodes the same sample for the ratios. `tiktoken` and `kitoken` are optional
(`pip install tiktoken kitoken`); their ids may differ (`tiktoken` merges by the rank of the result), and the share of texts where they
do not is printed. The PyPI packages `bpe`, `bpe-openai` and `rs-bpe` hold fixed vocabularies and cannot load ours.
"""
import argparse
import json
import os
import struct
import subprocess
import tempfile
import time

os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402

SPECIALS = 8
MB = 1e6


def read_texts(documents):
    for part in sorted(part for part in os.listdir(documents) if part.startswith("documents-")):
        lines = subprocess.run(["zstd", "-dcq", os.path.join(documents, part)], check=True, stdout=subprocess.PIPE)
        yield from (json.loads(line)["text"] for line in lines.stdout.decode().split("\n") if line)


def sample(texts, limit):
    stride = max(1, int(sum(map(len, texts)) / limit))
    return texts[::stride]


def ours(encode_bench, tokenizer_json, texts):
    with tempfile.NamedTemporaryFile() as file:
        for text in texts:
            data = text.encode()
            file.write(struct.pack("<Q", len(data)) + data)
        file.flush()
        run = subprocess.run([encode_bench, tokenizer_json, file.name], check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def timed(encode, texts):
    begin = time.process_time()
    ids = [encode(text) for text in texts]
    return time.process_time() - begin, ids


def hugging_face(tokenizer_json):
    tokenizer = Tokenizer.from_file(tokenizer_json)
    tokenizer.encode_special_tokens = True
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def bytes_of_symbols():
    """GPT-2's bytes_to_unicode, backwards."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{chr(byte): byte for byte in printable}, **{chr(256 + i): byte for i, byte in enumerate(others)}}


def tiktoken_encoder(tokenizer_json):
    import tiktoken
    with open(tokenizer_json, encoding="utf-8") as file:
        tokenizer = json.load(file)
    symbols = bytes_of_symbols()
    ranks = {bytes(symbols[c] for c in token): rank - SPECIALS
             for token, rank in tokenizer["model"]["vocab"].items() if rank >= SPECIALS}
    pattern = tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] + r"|[^0-9]+"  # it drops what lies between
    encoding = tiktoken.Encoding("ours", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return lambda text: [rank + SPECIALS for rank in encoding.encode_ordinary(text)]


def kitoken_encoder(tokenizer_json):
    import kitoken
    encoder = kitoken.Kitoken.from_tokenizers_file(tokenizer_json)
    return lambda text: encoder.encode(text, False)


def print_optional_peer(name, make, tokenizer_json, texts, size, mine, expected):
    try:
        encode = make(tokenizer_json)
    except ImportError:
        print(f"  {name}: not installed (pip install {name})")
        return
    theirs, ids = timed(encode, texts)
    equal = sum(list(a) == b for a, b in zip(ids, expected)) / len(texts)
    print(f"  {name:23} {size / MB / theirs:8.2f} MB/s, ours is {theirs / mine['cold']:.1f} times as fast; "
          f"its ids are equal in {equal:.1%} of the texts")


def print_peers(tokenizer_json, texts, mine):
    size = sum(len(text.encode()) for text in texts)
    print(f"sample of {len(texts)} texts, {size / MB:.1f} MB: ours cold {mine['bytes'] / MB / mine['cold']:.1f} MB/s")
    theirs, expected = timed(hugging_face(tokenizer_json), texts)
    assert mine["tokens"] == sum(map(len, expected)), "other ids than Hugging Face"
    print(f"  Hugging Face tokenizers {size / MB / theirs:8.2f} MB/s, ours is {theirs / mine['cold']:.1f} times as fast")
    print(f"  simulated merges (ours) {size / MB / mine['merging']:8.2f} MB/s, {mine['merging'] / mine['cold']:.1f} times")
    for name, make in (("tiktoken", tiktoken_encoder), ("kitoken", kitoken_encoder)):
        print_optional_peer(name, make, tokenizer_json, texts, size, mine, expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encode_bench")
    parser.add_argument("tokenizer")
    parser.add_argument("documents")
    parser.add_argument("--megabytes", type=float, default=4)
    options = parser.parse_args()
    tokenizer_json = os.path.join(options.tokenizer, "tokenizer.json")
    texts = list(read_texts(options.documents))
    whole = ours(options.encode_bench, tokenizer_json, texts)
    speed = whole["bytes"] / MB / whole["cold"]
    print(f"ours, all {len(texts)} documents, {whole['bytes'] / MB:.1f} MB, {whole['bytes'] / whole['tokens']:.2f} bytes per token: "
          f"cold {speed:.1f} MB/s, warm {whole['bytes'] / MB / whole['warm']:.1f} MB/s; loading takes {whole['load'] * 1e3:.1f} ms")
    part = sample(texts, options.megabytes * MB)
    print_peers(tokenizer_json, part, ours(options.encode_bench, tokenizer_json, part))
    for splitter in whole["splitters"]:
        rates = [whole["bytes"] / MB / splitter[name] for name in ("ours", "pcre2")]
        print(f"splitter {splitter['name']}: {rates[0]:.0f} MB/s, PCRE2 with JIT {rates[1]:.0f} MB/s, {rates[0] / rates[1]:.1f} times")
    for piece in whole["hard"]:
        ratio = piece["seconds"] / piece["bytes"] / (whole["warm"] / whole["bytes"])
        print(f"pre-token of 1 MiB, {piece['name']}: {ratio:.2f} times the time per byte of the documents")


main()
