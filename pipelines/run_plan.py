"""What the TOML file of a run asks for: its steps in order, each as the command line of a stage.

    [run]             out: folder of the run (required)         bin: executables, default build/release/bin
                      notify: shell command after a failure     log-format: text or json
                      overwrite: true = a step whose options or inputs changed replaces its output
    [ingest.run]      options of `ingest run`, and so on for every row of STEPS; a step without table is left out
    [slurm]           read by slurm/submit.py

Outputs, and inputs that another step makes, have fixed names below `out` unless a table says otherwise.
"""
import dataclasses
import pathlib
import tomllib


@dataclasses.dataclass(frozen=True)
class Step:
    name: str
    stage: str
    subcommand: str
    output: str  # below the folder of the run
    inputs: dict  # option -> default below the folder of the run
    splits: bool = False  # has --task, --of and `merge`

    @property
    def table(self):
        return f"{self.stage}.{self.subcommand}"


STEPS = [
    Step("ingest", "ingest", "run", "documents", {"cache": "cache"}, splits=True),
    Step("tokenize", "tokenize", "train", "tokenizer", {"documents": "documents"}),
    Step("shard", "shard", "build", "shards", {"documents": "documents", "tokenizer": "tokenizer"}, splits=True),
    Step("train", "train", "run", "model", {"shards": "shards"}),
    Step("score", "evaluate", "score", "scores", {"model": "model", "shards": "shards"}),
    Step("report", "evaluate", "report", "report", {"model": "model", "scores": "scores"}),
]
RUN_KEYS = {"out": str, "bin": str, "notify": str, "log-format": str, "overwrite": bool}
SLURM_KEYS = {"tasks": int, "ranks": int, "cpus": int, "sbatch": list, "train-sbatch": list}
RUNNERS_OWN = ("out", "overwrite", "task", "of")


class UsageError(Exception):
    pass


def _check_keys(table, name, known):
    for key, value in table.items():
        if key not in known:
            raise UsageError(f"unknown key '{key}' in [{name}], expected one of {', '.join(known)}")
        if type(value) is not known[key]:
            raise UsageError(f"bad {key} in [{name}], got {value!r}, expected {known[key].__name__}")


def _as_text(value, where):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UsageError(f"bad {where}, got {value!r}, expected text, a number, true, false or a list of these")


def from_root(path, root):
    """A path given on the command line as one that stands at the root of the repository."""
    path = pathlib.Path(path).resolve()
    return path.relative_to(root) if path.is_relative_to(root) else path


class Plan:
    """A checked file. `out` and `bin` go before what it says."""

    def __init__(self, path, out=None, bin=None):
        try:
            self.config = tomllib.loads(pathlib.Path(path).read_text())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is not TOML: {error}") from None
        stages = {}
        for step in STEPS:
            stages.setdefault(step.stage, []).append(step.subcommand)
        for name, table in self.config.items():
            if name not in ("run", "slurm", *stages) or not isinstance(table, dict):
                tables = ", ".join(["run", "slurm", *(step.table for step in STEPS)])
                raise UsageError(f"unknown table '{name}' in {path}, expected {tables}")
            for subcommand, options in table.items() if name in stages else ():
                if subcommand not in stages[name] or not isinstance(options, dict):
                    raise UsageError(f"unknown '{subcommand}' in [{name}], expected " +
                                     " or ".join(f"[{name}.{s}]" for s in stages[name]))
        self.run = dict(self.config.get("run", {}))
        self.slurm = dict(self.config.get("slurm", {}))
        _check_keys(self.run, "run", RUN_KEYS)
        _check_keys(self.slurm, "slurm", SLURM_KEYS)
        out = out or self.run.get("out")
        if not out:
            raise UsageError(f"no folder for the run in {path}, expected out = \"DIR\" in [run], or --out DIR")
        self.out = pathlib.Path(out)
        self.bin = pathlib.Path(bin or self.run.get("bin", "build/release/bin"))
        self.steps = [step for step in STEPS if self._options(step) is not None]
        if not self.steps:
            raise UsageError(f"no step in {path}, expected a table such as [ingest.run]")
        for step in self.steps:
            for key in RUNNERS_OWN:
                if key in self._options(step):
                    raise UsageError(f"'{key}' in [{step.table}] is not for the file; see pipelines/run.sh --help")
            self.command(step)

    def _options(self, step):
        return self.config.get(step.stage, {}).get(step.subcommand)

    def step(self, name):
        for step in self.steps:
            if step.name == name:
                return step
        raise UsageError(f"no step '{name}', got {', '.join(step.name for step in self.steps)} in the file")

    def _call(self, step, subcommand, arguments, share=None):
        log_format = self.run.get("log-format")
        stage = [str(self.bin / step.stage), *([f"--log-format={log_format}"] if log_format else []), subcommand]
        overwrite = ["--overwrite"] if self.run.get("overwrite") else []
        return [*stage, *arguments, *overwrite, f"--out={self.output(step, share)}"]

    def output(self, step, share=None):
        """Output directory of a step, or of task I of N."""
        return self.out / (step.output if share is None else "parts/%s-%d-of-%d" % (step.output, *share))

    def command(self, step, share=None):
        given = self._options(step)
        options = {key: str(self.out / value) for key, value in step.inputs.items() if key not in given} | given
        arguments = []
        for key, value in options.items():
            for item in value if isinstance(value, list) else [value]:
                arguments.append(f"--{key}={_as_text(item, f'{key} in [{step.table}]')}")
        if share is not None:
            arguments += ["--task=%d" % share[0], "--of=%d" % share[1]]
        return self._call(step, step.subcommand, arguments, share)

    def merge(self, step, tasks):
        return self._call(step, "merge", [str(self.output(step, (task, tasks))) for task in range(tasks)])
