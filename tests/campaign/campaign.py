# SPDX-License-Identifier: MIT
"""Random programs (workload.c) under all allocators and both libcs, some of them killed; what they did adds up.

A run is made from its seed alone: the same seed is the same run, but for the order in which threads happen to go on.
"""
import dataclasses
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import harness  # noqa: E402

COMMAND = harness.MSHIM
FLAGS = ("fork", "cancel", "signal", "limit", "sandbox")
OPTIONS = ({}, {}, {"MSHIM_STATS": "off"}, {"MSHIM_REPORT": "report-%p.json"}, {"MSHIM_KEEP": "on"}, {"MSHIM_CHILDREN": "drop"},
           {"MSHIM_HARDEN": "off"})
SECONDS = 120
COUNTS = ("operations", "forks", "kills", "cancels", "refused")


@dataclasses.dataclass
class Run:
    seed: int
    libc: str
    allocator: str
    operations: int
    threads: int
    flags: tuple
    options: dict
    killed_after: float  # seconds; 0: it is not killed

    @staticmethod
    def of(seed, operations):
        choose = random.Random(seed)
        return Run(seed, choose.choice(harness.LIBCS), choose.choice(harness.ALLOCATORS), operations, choose.choice((1, 2, 4, 8, 16)),
                   tuple(flag for flag in FLAGS if choose.random() < 0.4), choose.choice(OPTIONS),
                   choose.choice((0, 0, 0, choose.uniform(0.005, 0.5))))

    def words(self):
        killed = f", killed after {self.killed_after:.3f} s" if self.killed_after else ""
        options = "".join(f" {name}={value}" for name, value in self.options.items())
        return f"seed {self.seed}: {self.libc} {self.allocator}{options}, {self.threads} threads, {' '.join(self.flags) or 'plain'}{killed}"


def perform(run, folder):
    """What the run did (COUNTS), and what was wrong with it: a text, or None."""
    environment = harness.environment(run.libc, MSHIM_ALLOCATOR=run.allocator, MSHIM_DIR=folder, **run.options)
    command = [harness.program(run.libc, HERE / "workload.c"), str(run.seed), str(run.operations), str(run.threads), *run.flags]
    process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
    killed = False
    try:
        try:
            output = process.communicate(timeout=run.killed_after or SECONDS)[0]
        except subprocess.TimeoutExpired:
            if not run.killed_after:
                return {}, f"did not end within {SECONDS} s"
            killed = True
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0]
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    did = {name: int(number) for number, name in re.findall(rf"(\d+) ({'|'.join(COUNTS)})", output)}
    if killed:
        return {"kills": 1}, None
    if process.returncode != 0 or not did:
        return did, f"status {process.returncode}: {output.strip()[-2000:]}"
    return did, None


def left_behind(run, folder, killed):
    """What the command says of what is left, and whether anything is once `mshim gc` has been there: a text, or None."""
    files = [str(path) for path in pathlib.Path(folder).glob("mshim-*/*")]
    may_leave = killed or "MSHIM_KEEP" in run.options or "fork" in run.flags or "sandbox" in run.flags
    if files and not may_leave:
        return f"left {files} though it was not killed"
    for path in files:
        shown = subprocess.run([COMMAND, "stat", "-f", "json", path], capture_output=True, text=True, timeout=SECONDS)
        if shown.returncode != 0 or json.loads(shown.stdout)["process"]["state"] not in ("died", "ended"):
            return f"{path} cannot be read: {shown.stderr or shown.stdout}"
    subprocess.run([COMMAND, "gc"], env=harness.environment(MSHIM_DIR=folder), capture_output=True, timeout=SECONDS)
    files = [str(path) for path in pathlib.Path(folder).glob("mshim-*/*")]
    return f"still there after gc: {files}" if files else None


def campaign(first_seed, operations, until, report):
    """Runs seed after seed while `until(runs)` is false; `report(run, did, wrong)` hears of each. The sum, with `runs` and
    `failures`."""
    total = dict.fromkeys((*COUNTS, "runs", "failures"), 0)
    seed = first_seed
    while not until(total["runs"]):
        run = Run.of(seed, operations)
        with tempfile.TemporaryDirectory(prefix="mshim-campaign-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
            did, wrong = perform(run, folder)
            wrong = wrong or left_behind(run, folder, did == {"kills": 1})
        for name, number in did.items():
            total[name] += number
        total["runs"] += 1
        total["failures"] += wrong is not None
        report(run, did, wrong)
        seed += 1
    return total


def words(total):
    return ", ".join(f"{total[name]:,} {name}" for name in ("runs", *COUNTS, "failures"))


def main(arguments):
    usage = ("usage: tests/soak MINUTES [--seed N] [--operations N]\n"
             "Random programs under the shim for so many minutes, from seed N on (default: one made of the clock). A failure names\n"
             "its seed; `tests/soak 0 --seed N` runs that one again. Each run is a line of build/campaign.jsonl, and the sum over\n"
             "all of them is printed in the end.")
    try:
        values = {"--seed": int(time.time()) * 1000, "--operations": 400000}
        minutes = float(arguments[0])
        for name, value in zip(arguments[1::2], arguments[2::2], strict=True):
            values[name] = int(value) if name in values else {}[name]
    except (IndexError, KeyError, ValueError):
        print(usage)
        return 0 if arguments and arguments[0] in ("-h", "--help") else 2
    end = time.monotonic() + 60 * minutes
    record = harness.BUILD / "campaign.jsonl"

    def report(run, did, wrong):
        with record.open("a") as file:
            print(json.dumps({**dataclasses.asdict(run), "did": did, "wrong": wrong}), file=file)
        if wrong:
            print(f"FAILED {run.words()}\n{wrong}\n  again: tests/soak 0 --seed {run.seed} --operations {run.operations}", flush=True)
        elif sys.stdout.isatty():
            print(f"\r\033[K{run.words()}", end="", flush=True)

    total = campaign(values["--seed"], values["--operations"], lambda runs: runs > 0 and time.monotonic() >= end, report)
    print(f"\nthis time: {words(total)}")
    failed = total["failures"] > 0
    total = dict.fromkeys(total, 0)
    for line in record.read_text().splitlines():
        run = json.loads(line)
        total["runs"] += 1
        total["failures"] += run["wrong"] is not None
        for name, number in run["did"].items():
            total[name] += number
    print(f"all times ({record}): {words(total)}")
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
