"""Reading rows side by side in one run: ours, MosaicML Streaming and litdata, on the same token rows.

usage: shard_bench.py SHARD_BENCH SHARD_DIR [--cache MIB] [--rows N]

SHARD_BENCH is `cmake --build build/release --target shard_bench`, SHARD_DIR an output of `shard build`. Prints GB of ids a second for
decoding with all checks against zstd alone on the same frames, and rows a CPU second on one thread in a random and in the sequential
order; ours is the first epoch, with decompression. The peers hold every row as one uint16 array in their own format on the same disk,
uncompressed or with zstd level 3; they read all rows in sequence (the first time, with decompression), then N random rows (default
20,000). They are optional: `pip install mosaicml-streaming litdata` in a virtual environment.
"""
import argparse
import json
import os
import random
import subprocess
import tempfile
import time

SEED = 1


def ours(bench, shards, cache_mib):
    import numpy
    with tempfile.NamedTemporaryFile() as file:
        run = subprocess.run([bench, shards, str(cache_mib), file.name], check=True, stdout=subprocess.PIPE)
        result = json.loads(run.stdout)
        return result, numpy.fromfile(file.name, dtype="<u2").reshape(-1, result["row_tokens"])


def rate(read, numbers):
    begin = time.process_time()
    for number in numbers:
        read(number)
    return len(numbers) / (time.process_time() - begin)


def measure(dataset, row_of, rows, count):
    """Rows a second, random and sequential; a sample of rows must be the right ones."""
    numbers = list(range(len(rows)))
    begin = time.process_time()
    read = sum(1 for item in dataset if len(row_of(item)) == rows.shape[1])
    assert read == len(rows)
    sequential = read / (time.process_time() - begin)
    for number in random.Random(SEED).sample(numbers, 50):
        assert (row_of(dataset[number]) == rows[number]).all(), "another row"
    shuffled = random.Random(SEED).choices(numbers, k=count)
    return rate(lambda number: row_of(dataset[number]), shuffled), sequential


def mosaicml(directory, rows, count, zstd):
    from streaming import MDSWriter, StreamingDataset
    columns = {"ids": f"ndarray:uint16:{rows.shape[1]}"}
    with MDSWriter(out=directory, columns=columns, compression="zstd:3" if zstd else None) as writer:
        for row in rows:
            writer.write({"ids": row})
    dataset = StreamingDataset(local=directory, shuffle=False, batch_size=1)
    return measure(dataset, lambda item: item["ids"], rows, count)


class RowOf:
    """litdata wants a function that its worker processes can load."""

    def __init__(self, rows):
        self.rows = rows

    def __call__(self, number):
        return {"ids": self.rows[number]}


def litdata(directory, rows, count, zstd):
    from litdata import StreamingDataset, optimize
    optimize(fn=RowOf(rows), inputs=list(range(len(rows))), output_dir=directory, chunk_bytes="64MB", num_workers=1,
             compression="zstd" if zstd else None)
    return measure(StreamingDataset(directory), lambda item: item["ids"], rows, count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("shards")
    parser.add_argument("--cache", type=int, default=256)
    parser.add_argument("--rows", type=int, default=20000)
    options = parser.parse_args()
    result, rows = ours(options.bench, options.shards, options.cache)
    print(f"decode {result['megabytes']} MB: ours {result['ours_gb_s']} GB/s, zstd alone {result['zstd_gb_s']} GB/s, "
          f"ratio {result['ours_gb_s'] / result['zstd_gb_s']:.2f}")
    print(f"{len(rows)} rows of {rows.shape[1]} ids, cache {options.cache} MiB; second epoch: random "
          f"{result['random_second_epoch']} rows/s, sequential {result['sequential_second_epoch']} rows/s")
    print(f"viewed in the cache without a copy, first epoch: random {result['random_view']} rows/s, sequential "
          f"{result['sequential_view']} rows/s; zstd alone would give "
          f"{result['zstd_gb_s'] * 1e9 / (2 * result['row_tokens']):.0f} rows/s")
    print(f"{'':14} {'random rows/s':>14} {'ratio':>6} {'sequential rows/s':>18} {'ratio':>6}")
    print(f"{'ours':14} {result['random']:14.0f} {'':6} {result['sequential']:18.0f}")
    for name, peer, zstd in (("mosaicml", mosaicml, False), ("mosaicml zstd", mosaicml, True),
                             ("litdata", litdata, False), ("litdata zstd", litdata, True)):
        with tempfile.TemporaryDirectory() as directory:
            try:
                at_random, sequential = peer(os.path.join(directory, "rows"), rows, options.rows, zstd)
            except Exception as error:  # a missing package, or a peer that fails
                print(f"{name:14} not measured: {type(error).__name__}: {error}")
                continue
        print(f"{name:14} {at_random:14.0f} {result['random'] / at_random:6.1f} {sequential:18.0f} "
              f"{result['sequential'] / sequential:6.1f}")


if __name__ == "__main__":
    main()
