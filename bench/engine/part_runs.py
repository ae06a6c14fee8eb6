# SPDX-License-Identifier: MIT
"""What `growth` and `threads` share: cases of which each run is a process of its own, of every arm in turns; and what the parts
compare: each libc bare, the shim, and each allocator preloaded by itself."""

from __future__ import annotations

import random
import time
from typing import NamedTuple

from . import arms, intervals, proof
from .arms import JEMALLOC_ALONE, MIMALLOC_ALONE, SHIM, Arm
from .places import Places, check
from .process import Group

LIBCS = ("glibc", "musl")
TURNS = 5


def arms_of(libc: str) -> tuple:
    return (
        Arm(libc, libc, "bare"),
        Arm(f"{libc}+mshim", libc, "the shim with all its defaults", SHIM),
        Arm(f"{libc}+mshim-mimalloc", libc, "the same, allocator mimalloc", SHIM, {"MSHIM_ALLOCATOR": "mimalloc"}),
        Arm(f"{libc}+mshim-jemalloc", libc, "the same, allocator jemalloc", SHIM, {"MSHIM_ALLOCATOR": "jemalloc"}),
        Arm(f"{libc}+mimalloc-alone", libc, "mimalloc preloaded by itself, no shim", MIMALLOC_ALONE),
        Arm(f"{libc}+jemalloc-alone", libc, "jemalloc preloaded by itself, no shim", JEMALLOC_ALONE),
    )


PARTS = tuple(arm for libc in LIBCS for arm in arms_of(libc))


def choose(named, places: Places) -> list:
    """The arms of a part: those that are named, and bare ones always; else all that there are, but not the default allocator
    twice."""
    if named is not None:
        return [arm for arm in PARTS if not arm.preload or arm.name in named]
    default = places.default_allocator()
    return [arm for arm in PARTS if not places.lacks(arm) and not arm.name.endswith(f"+mshim-{default}")]


class Case(NamedTuple):
    name: str
    command: object  # what a launch executes: Launch → list of words


class Run(NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_bytes: int


FIGURES = Run._fields


def one_run(launch, case: Case) -> Run:
    with Group() as group:
        process = group.start(launch.arm.name, f"{case.name} in arm {launch.arm.name}", case.command(launch), dict(launch.environment))
        lines = []
        while (line := process.line()) != "ready":
            lines.append(line)
        proof.require(launch, proof.parse("\n".join(lines)))
        seconds, cpu_seconds, peak_bytes = process.ask("\n").split()
    return Run(float(seconds), float(cpu_seconds), int(peak_bytes))


def measure(launches: list, cases: list, turns: int, rng: random.Random, step) -> dict:
    """case → arm → runs by turn. `step(TEXT, SHARE)` is called before each turn."""
    found: dict = {case.name: {launch.arm.name: [] for launch in launches} for case in cases}
    for turn in range(turns):
        for case in cases:
            step(f"turn {turn + 1} of {turns}, {case.name}", 1 / turns / len(cases))
            for launch in rng.sample(launches, len(launches)):
                found[case.name][launch.arm.name].append(one_run(launch, case))
    return found


def ratio(mine: list, base: list, rng: random.Random):
    """Each turn is a start of its own; absent where a value is 0."""
    if not all(mine) or not all(base):
        return None
    return intervals.of_ratios(intervals.paired_logs([[v] for v in mine], [[v] for v in base]), rng).as_dict()


def against(runs: dict, arm: str, base: str, rng: random.Random) -> dict:
    """Figure → ratio of one arm to another."""
    found = {}
    for index, figure in enumerate(FIGURES):
        value = ratio([run[index] for run in runs[arm]], [run[index] for run in runs[base]], rng)
        if value:
            found[figure] = value
    return found


def evaluate(launches: list, found: dict, rng: random.Random) -> list:
    """A row a case: medians of every arm, and its ratios to its bare libc, to glibc's, and to each allocator by itself."""
    rows = []
    for case, runs in found.items():
        row: dict = {"name": case, "median": {}, "to_bare": {}, "to_glibc": {}, "to_alone": {}}
        for launch in launches:
            arm, libc = launch.arm.name, launch.libc
            row["median"][arm] = {
                figure: intervals.median(sorted(run[index] for run in runs[arm])) for index, figure in enumerate(FIGURES)
            }
            if arm != libc:
                row["to_bare"][arm] = against(runs, arm, libc, rng)
            if arm != "glibc" and "glibc" in runs:
                row["to_glibc"][arm] = against(runs, arm, "glibc", rng)
            alone = [other for other in runs if other.startswith(libc + "+") and other.endswith("-alone")]
            if "+mshim" in arm and alone:
                row["to_alone"][arm] = {other: against(runs, arm, other, rng) for other in alone}
        rows.append(row)
    return rows


def launches_of(chosen: list, places: Places, folder: str, program=None) -> list:
    """`program(LIBC)`: what is run where it is not the arm's interpreter."""
    launches = [arms.resolve(arm, places, folder) for arm in chosen]
    for launch in launches:
        check(launch)
    if program:
        launches = [arms.resolve(arm, places, folder, program(arms.libc_of(arm.python))) for arm in chosen]
    return launches


def described(launches: list) -> list:
    return [{"name": launch.arm.name, "libc": launch.libc, "help": launch.arm.help} for launch in launches]


class Steps:
    """Progress of a part, as shares of the whole."""

    def __init__(self, part: str, progress, expected_seconds: float):
        self.part, self.progress, self.expected = part, progress, expected_seconds
        self.began, self.done = time.monotonic(), 0.0

    def __call__(self, text: str, share: float) -> None:
        elapsed = time.monotonic() - self.began
        left = elapsed / self.done * (1 - self.done) if self.done else self.expected
        self.progress.show(f"{self.part}: {text}", left)
        self.done += share


MEBIBYTE = 1 << 20


def short(estimate) -> str:
    return f"{estimate['median']:.2f}" if estimate else "-"


def cell(estimate) -> str:
    if not estimate:
        return f"{'-':>7}{'':<16}"
    return f"{estimate['median']:>7.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})".ljust(24)


def render(title: str, notes: list, arms_found: list, rows: list) -> list:
    """A table a case, a line an arm: time and peak, and their ratios."""
    lines = [title, *notes]
    for row in rows:
        lines.append("")
        lines.append(
            f"{row['name']:<34}{'seconds':>9}{'CPU s':>9}{'/bare':>7}   {'time/bare':<24}{'time/glibc':<24}{'MiB':>8}   {'peak/bare'}"
        )
        for arm in arms_found:
            name = arm["name"]
            median = row["median"][name]
            bare, glibc = row["to_bare"].get(name, {}), row["to_glibc"].get(name, {})
            lines.append(
                f"  {name:<32}{median['seconds']:>9.3f}{median['cpu_seconds']:>9.3f}"
                f"{short(bare.get('cpu_seconds')):>7}{cell(bare.get('seconds'))}"
                f"{cell(glibc.get('seconds'))}{median['peak_bytes'] / MEBIBYTE:>8.1f} {cell(bare.get('peak_bytes'))}".rstrip()
            )
        for name, others in row["to_alone"].items():
            if not name.endswith("+mshim"):
                continue
            for other, figures in others.items():
                time_ratio, peak_ratio = figures.get("seconds"), figures.get("peak_bytes")
                if time_ratio and peak_ratio:
                    lines.append(f"  {name} / {other}: time {time_ratio['median']:.2f}, peak {peak_ratio['median']:.2f}")
    return lines
