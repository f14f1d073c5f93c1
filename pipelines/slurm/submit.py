#!/usr/bin/env -S python3 -B
"""Submits the steps of a run's TOML file (see ../run_plan.py) as Slurm jobs, each waiting for the one before: ingest and
shard as arrays of `tasks`, then joined; training with `ranks` processes. Documents, tokenizer and shards have the bytes
of a local run. Prints the ids of the jobs; a step that fails cancels those behind it. Submit it again to go on: what is
done does nothing.

    [slurm]
    tasks = 4                              # of the arrays of ingest and shard; 1 = no array
    ranks = 2                              # training processes
    cpus = 8                               # of every task and rank
    sbatch = ["--partition=batch"]         # further options of sbatch for all jobs
    train-sbatch = ["--gpus-per-task=1"]   # and for training
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from run_plan import Plan, UsageError, from_root

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAILED, USAGE, ENVIRONMENT = 1, 2, 4
TRAIN_SCRIPT = "pipelines/slurm/train.sh"


def jobs_of(plan, run):
    """(name, options of sbatch, script or None, command) of every job, in order. `run` is the call of run.sh."""
    settings = {"tasks": 1, "ranks": 1, "cpus": 1} | plan.slurm
    tasks, cpus = settings["tasks"], f"--cpus-per-task={settings['cpus']}"
    for key in ("tasks", "ranks", "cpus"):
        if settings[key] < 1:
            raise UsageError(f"bad {key} in [slurm], got {settings[key]}, expected 1 or more")
    for step in plan.steps:
        call = [*run, f"--step={step.name}"]
        if step.name == "train":
            options = [f"--ntasks={settings['ranks']}", cpus, *plan.slurm.get("train-sbatch", [])]
            yield step.name, options, TRAIN_SCRIPT, run[1:]
        elif step.splits and tasks > 1:
            task = shlex.join([*call, f"--of={tasks}"]) + ' --task="$SLURM_ARRAY_TASK_ID"'
            yield step.name, [f"--array=0-{tasks - 1}", cpus], None, task
            yield f"{step.name}-merge", [cpus], None, shlex.join([*call, f"--merge={tasks}"])
        else:
            yield step.name, [cpus], None, shlex.join(call)


def submit(plan, run, arguments):
    logs = plan.out.resolve() / "logs"
    if not arguments.dry_run:
        logs.mkdir(parents=True, exist_ok=True)
    before = None
    jobs = list(jobs_of(plan, run))
    for name, options, script, command in jobs:
        number = "%A-%a" if any(option.startswith("--array") for option in options) else "%j"
        line = ["sbatch", "--parsable", f"--job-name=palimpsest-{name}", f"--chdir={ROOT}", "--requeue",
                f"--output={logs}/slurm-{name}-{number}.out", "--open-mode=append", *plan.slurm.get("sbatch", []), *options]
        if before:
            line += [f"--dependency=afterok:{before}", "--kill-on-invalid-dep=yes"]
        if arguments.wait and name == jobs[-1][0]:
            line.append("--wait")
        line += [script, *command] if script else [f"--wrap=exec {command}"]
        if arguments.dry_run:
            print(shlex.join(line))
            before = f"ID-{name}"
            continue
        with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as sbatch:
            before = sbatch.stdout.readline().strip().split(";")[0]
            print(f"{before} {name}", flush=True)
        if not before:
            return ENVIRONMENT
    return outcome(before, logs) if arguments.wait and not arguments.dry_run else 0


def outcome(job, logs):
    """Of the last job, which is over: sbatch --wait calls a job that was cancelled before it began a success."""
    squeue = ["squeue", "--noheader", "--states=all", "--format=%T", f"--job={job}"]
    states = set(subprocess.run(squeue, capture_output=True, text=True, check=True).stdout.split())
    if states == {"COMPLETED"}:
        return 0
    print(f"submit: FAILED: the last job is {', '.join(sorted(states))}; see {logs}/slurm-*.out", file=sys.stderr)
    return FAILED


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", metavar="CONFIG", type=pathlib.Path)
    parser.add_argument("--out", help="folder of the run, instead of the file's")
    parser.add_argument("--bin", help="folder with the executables, instead of the file's")
    parser.add_argument("--wait", action="store_true", help="until the last job ended; exit code 1 when the chain failed")
    parser.add_argument("--dry-run", action="store_true", help="only print the calls of sbatch")
    arguments = parser.parse_args()
    config, out, bin = (path and from_root(path, ROOT) for path in (arguments.config, arguments.out, arguments.bin))
    os.chdir(ROOT)
    run = ["pipelines/run.sh", str(config), *(f"--{name}={path}" for name, path in (("out", out), ("bin", bin)) if path)]
    try:
        return submit(Plan(config, out, bin), run, arguments)
    except UsageError as error:
        print(f"submit: error: {error}", file=sys.stderr)
        return USAGE
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"submit: error: {error}; is Slurm there?", file=sys.stderr)
        return ENVIRONMENT


if __name__ == "__main__":
    sys.exit(main())
