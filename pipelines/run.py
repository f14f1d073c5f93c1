#!/usr/bin/env python3
"""Runs the steps of a TOML file in order; stages whose inputs did not change do nothing. Made for cron: the last
line on stdout says how it went, the exit code is that of the step that failed, and two runs of one folder never
meet. A stage's log goes to the terminal, or without one is appended to OUT/logs/STEP.log.

CONFIG is described in run_plan.py; relative paths inside it start at the root of the repository. SIGTERM and SIGINT are
handed to the running stage, which ends in order; the same command goes on later."""
import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

from run_plan import Plan, UsageError, from_root

ROOT = pathlib.Path(__file__).resolve().parents[1]
USAGE, ENVIRONMENT = 2, 4
NOTIFY_SECONDS = 60


class Refused(Exception):
    """Cannot begin."""


def parse_arguments():
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", metavar="CONFIG", type=pathlib.Path)
    parser.add_argument("--out", help="folder of the run, instead of the file's")
    parser.add_argument("--bin", help="folder with the executables, instead of the file's")
    parser.add_argument("--step", metavar="NAME", help="only this step: ingest, tokenize, shard, train, score, report")
    parser.add_argument("--task", metavar="I", type=int, help="task I, from 0, of --step ingest or shard, in its own part")
    parser.add_argument("--of", metavar="N", type=int, help="number of tasks")
    parser.add_argument("--merge", metavar="N", type=int, help="joins the parts of N tasks of --step ingest or shard")
    parser.add_argument("--dry-run", action="store_true", help="only print the commands")
    return parser.parse_args()


def jobs_of(plan, arguments):
    """(name, command) of all that is to run."""
    if arguments.step is None:
        if (arguments.task, arguments.of, arguments.merge) != (None, None, None):
            raise UsageError("--task, --of and --merge want --step ingest or --step shard")
        return [(step.name, plan.command(step)) for step in plan.steps]
    step = plan.step(arguments.step)
    if (arguments.task is None) != (arguments.of is None):
        raise UsageError("--task and --of go together")
    if (arguments.task is not None or arguments.merge is not None) and not step.splits:
        raise UsageError(f"{step.name} has no tasks, expected --step ingest or --step shard")
    if arguments.task is not None:
        if not 0 <= arguments.task < arguments.of:
            raise UsageError(f"bad --task, got {arguments.task}, expected 0 to {arguments.of - 1}")
        share = (arguments.task, arguments.of)
        return [("%s-%d-of-%d" % (step.name, *share), plan.command(step, share))]
    if arguments.merge is not None:
        if arguments.merge < 1:
            raise UsageError(f"bad --merge, got {arguments.merge}, expected 1 or more")
        return [(step.name, plan.merge(step, arguments.merge))]
    return [(step.name, plan.command(step))]


def lock(out, shared):
    """Single steps may run beside one another, a whole chain only alone. The stage inherits the lock, so it lasts as
    long as any of both."""
    out.mkdir(parents=True, exist_ok=True)
    handle = open(out / ".run.lock", "a")
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(f"another run works in {out}") from None
    return handle


def first_line(command):
    """What separates the runs in a log, in the format of the log."""
    now, text = time.strftime("%FT%TZ", time.gmtime()), shlex.join(command)
    if "--log-format=json" in command:
        return json.dumps({"time": now, "level": "info", "stage": "run", "message": text}) + "\n"
    return f"== {now} {text}\n"


class Runner:
    def __init__(self, out, lock_handle):
        self.logs = out / "logs"
        self.lock = lock_handle
        self.signal = 0
        self.process = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hand_on)

    def _hand_on(self, number, _):
        self.signal = number
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def run(self, name, command):
        """Runs a stage to its end. Returns its exit code, what it printed, and where its log is: None on a terminal."""
        path = None
        if sys.stderr.isatty():
            log = contextlib.nullcontext(None)
            print(f"\n== {name}", file=sys.stderr)
        else:
            self.logs.mkdir(exist_ok=True)
            path = self.logs / f"{name}.log"
            log = open(path, "a")
        with log as stderr:
            if stderr is not None:
                stderr.write(first_line(command))
                stderr.flush()
            # A group of its own: Ctrl-C must reach the stage once, from here, as a second signal would cut it short.
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, stdin=subprocess.DEVNULL,
                                            pass_fds=[self.lock.fileno()], process_group=0)
        if self.signal:  # came while the stage was started
            self.process.send_signal(self.signal)
        output = self.process.communicate()[0].decode(errors="replace")
        code, self.process = self.process.returncode, None
        return (128 - code if code < 0 else code), output, path


def duration(seconds):
    seconds = round(seconds)
    if seconds < 100:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def last_error(path):
    """Last line of a log, without JSON's wrapping."""
    with open(path, "rb") as log:
        log.seek(max(0, os.path.getsize(path) - 16384))
        lines = log.read().decode(errors="replace").splitlines()
    errors = [line for line in lines if " error: " in line or '"level":"error"' in line]
    line = (errors or lines or [""])[-1]
    with contextlib.suppress(ValueError, KeyError, TypeError):
        line = json.loads(line)["message"]
    return line


def run_all(plan, jobs, runner):
    """Returns exit code and summary."""
    begin = time.monotonic()
    done = []
    for name, command in jobs:
        start = time.monotonic()
        code, output, log = runner.run(name, command)
        print(output, end="", flush=True)
        if code == 0:
            done.append(f"{name} " + ("up to date" if "up to date" in output else duration(time.monotonic() - start)))
        if runner.signal:
            return 128 + runner.signal, f"palimpsest: stopped by signal {runner.signal} in {name}; run it again to go on"
        if code != 0:
            where = f", log {log}: {last_error(log)}" if log else ""
            return code, f"palimpsest: FAILED {name} exit {code} after {duration(time.monotonic() - begin)}{where}"
    result = plan.out / "report/report.html" if jobs[-1][0] == "report" else plan.out
    return 0, f"palimpsest: done in {duration(time.monotonic() - begin)}: {', '.join(done)} -> {result}"


def notify(command, code, summary):
    environment = os.environ | {"PALIMPSEST_EXIT": str(code), "PALIMPSEST_SUMMARY": summary}
    try:
        subprocess.run(["sh", "-c", command], input=summary + "\n", text=True, env=environment, timeout=NOTIFY_SECONDS,
                       stdout=sys.stderr, check=True)
    except subprocess.SubprocessError as error:
        print(f"run: the notification failed: {error}", file=sys.stderr)


def main():
    arguments = parse_arguments()
    config, out, bin = (path and from_root(path, ROOT) for path in (arguments.config, arguments.out, arguments.bin))
    os.chdir(ROOT)
    command = None
    try:
        plan = Plan(config, out, bin)
        command = plan.run.get("notify")
        jobs = jobs_of(plan, arguments)
        if arguments.dry_run:
            for _, line in jobs:
                print(shlex.join(line))
            return 0
        with lock(plan.out, shared=arguments.step is not None) as handle:
            code, summary = run_all(plan, jobs, Runner(plan.out, handle))
    except UsageError as error:
        code, summary = USAGE, f"palimpsest: FAILED before the first step: {error}"
    except (Refused, OSError) as error:
        code, summary = ENVIRONMENT, f"palimpsest: FAILED: {error}"
    print(summary, flush=True)
    if code != 0 and code < 128 and command:
        notify(command, code, summary)
    return code


if __name__ == "__main__":
    sys.exit(main())
