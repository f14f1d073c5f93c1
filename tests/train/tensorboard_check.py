"""Reads a run's event files with TensorBoard and compares every scalar with the JSON Lines beside them.

usage: tensorboard_check.py RUN
"""
import json
import pathlib
import struct
import sys

SKIP = 77

try:
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray
except ImportError as error:
    print(f"skipped: no PyPI package tensorboard ({error}); run pipelines/setup.sh --tensorboard")
    sys.exit(SKIP)


def scalars(path):
    """(step, tag) -> value, in the order of the file."""
    found = []
    for event in EventFileLoader(str(path)).Load():
        assert event.wall_time == event.step
        for value in event.summary.value:
            found.append((event.step, value.tag, make_ndarray(value.tensor).item()))
    return found


def children(node):
    if isinstance(node, dict):
        return [(key, child) for key, child in node.items() if key not in ("step", "layer")]
    return [(f"layer-{child['layer']}" if isinstance(child, dict) else str(i), child) for i, child in enumerate(node)]


def numbers(tag, node):
    if isinstance(node, (dict, list)):
        for key, child in children(node):
            yield from numbers(f"{tag}/{key}", child)
    elif isinstance(node, (int, float)):
        yield tag, struct.unpack("f", struct.pack("f", node))[0]


run = pathlib.Path(sys.argv[1])
for name in ("metrics", "timing"):
    lines = [json.loads(line) for line in (run / f"{name}.jsonl").read_text().splitlines()]
    wanted = [(line["step"], tag, value) for line in lines for tag, value in numbers(line["kind"], line)]
    found = scalars(run / "tensorboard" / name / "events.out.tfevents.0")
    if found != wanted:
        sys.exit(f"{name}: TensorBoard reads {len(found)} scalars, expected {len(wanted)}; first difference: "
                 f"{next(((a, b) for a, b in zip(found, wanted) if a != b), 'length')}")
    print(f"{name}: {len(found)} scalars of {len({tag for _, tag, _ in found})} tags read back equal")
