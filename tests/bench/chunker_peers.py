#!/usr/bin/env python3
"""Speed and losses of other AST chunkers on the files that ingest_content_bench reads, in the same run.

  pip install astchunk==0.1.0 semantic-text-splitter==0.33.1 tree-sitter-typescript==0.23.2    (in a virtual environment)
  chunker_peers.py build/dev/test-bin/ingest_content_bench DOCUMENTS

Peers: astchunk, by the authors of cAST (Python over tree-sitter's C library), and semantic-text-splitter (Rust). Both only
parse and chunk; ours also filters, labels and looks for secrets. CPU time of one core.
"""
import collections
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import tree_sitter_typescript
from astchunk import ASTChunkBuilder
from semantic_text_splitter import CodeSplitter

BUDGET = 1500
MOST_FILES = 3000  # as in ingest_content_bench


def documents(folder):
    texts = []
    for part in sorted(Path(folder).glob("documents-*.jsonl.zst")):
        with subprocess.Popen(["zstdcat", part], stdout=subprocess.PIPE, text=True) as lines:
            texts += [(record["text"], record["language"]) for record in map(json.loads, lines.stdout)]
    return texts[:MOST_FILES]


def letters(text):
    return sum(1 for c in text if not c.isspace())


def measure(name, texts, chunks_of):
    """Seconds; prints how much text the chunks lack and how many are too large."""
    start = time.process_time()
    chunked = [chunks_of(text, language) for text, language in texts]
    seconds = time.process_time() - start
    counts = collections.Counter()
    for (text, _), chunks in zip(texts, chunked):
        sizes = [letters(chunk) for chunk in chunks]
        counts["text"] += letters(text)
        counts["lost"] += max(letters(text) - sum(sizes), 0)
        counts["chunks"] += len(sizes)
        counts["too large"] += sum(size > BUDGET for size in sizes)
    print(f"{name}: {seconds:.2f} s, {counts['lost'] / counts['text']:.2%} of non-white text lost, "
          f"{counts['too large']} of {counts['chunks']} chunks above {BUDGET}")
    return seconds


def main():
    bench, folder = sys.argv[1:]
    texts = documents(folder)
    output = subprocess.run([bench, folder, "--benchmark_filter=NONE"], capture_output=True, text=True).stdout
    ours = float(re.search(r"filter ([0-9.]+) s", output).group(1))
    print(f"ours, parse + chunk + label + filter + secrets: {ours:.2f} s")

    builder = ASTChunkBuilder(max_chunk_size=BUDGET, language="typescript", metadata_template="none")
    splitters = {"typescript": CodeSplitter(tree_sitter_typescript.language_typescript(), BUDGET),
                 "tsx": CodeSplitter(tree_sitter_typescript.language_tsx(), BUDGET)}
    peers = {
        "astchunk": lambda text, language: [chunk["content"] for chunk in builder.chunkify(text)],
        "semantic-text-splitter": lambda text, language: splitters[language].chunks(text),
    }
    for name, chunks_of in peers.items():
        print(f"  ours is {measure(name, texts, chunks_of) / ours:.1f} times as fast")


if __name__ == "__main__":
    main()
