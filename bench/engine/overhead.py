# SPDX-License-Identifier: MIT
"""The shim's own overhead, in C: `bench/micro/price.c` under every preload, taking turns as the Python workers do, and the
time that an interpreter takes to start."""

from __future__ import annotations

import math
import os
import random
import time
from typing import NamedTuple

from . import arms, intervals, overhead_arms, proof
from .errors import BenchError
from .places import Places, check
from .overhead_arms import LIBCS, Case
from .process import Group


class Extent(NamedTuple):
    starts: int
    turns: int
    repetition_ns: float
    start_ups: int


QUICK = Extent(starts=4, turns=3, repetition_ns=2e6, start_ups=40)
FULL = Extent(starts=8, turns=4, repetition_ns=3e6, start_ups=150)
FIRST_COUNT = 200
# What is paid twice, each as one arm against another.
OVERHEADS = {"routing": (overhead_arms.routed, overhead_arms.alone), "counting": (overhead_arms.counted, overhead_arms.routed)}


class Programs(Group):
    """A `price` of every arm of one libc."""

    def start_all(self, launches: list) -> None:
        for launch in launches:
            name = f"the micro-benchmark in arm {launch.arm.name}"
            process = self.start(launch.arm.name, name, [launch.program], dict(launch.environment))
            process.send("facts\n")
            lines = []
            while (line := process.line()) != "ready":
                lines.append(line)
            proof.require(launch, proof.parse("\n".join(lines)))

    def ns(self, arm: str, case: Case, count: int) -> float:
        return float(self.processes[arm].ask(f"{case.key} {count}\n"))


def calls_in(operation: str) -> int:
    return {"pair": 2, "chain": 5, "spin": 1}[operation]


def counts_for(programs: Programs, case: Case, extent: Extent) -> dict:
    """How often each arm does it in a repetition: as long a time for a slow arm as for a fast one."""
    counts = {}
    for arm in programs.processes:
        ns = programs.ns(arm, case, FIRST_COUNT)
        ns = programs.ns(arm, case, max(10, int(extent.repetition_ns / 10 / calls_in(case.operation) / ns)))
        counts[arm] = max(10, int(extent.repetition_ns / calls_in(case.operation) / ns))
    return counts


def measure_libc(libc: str, places: Places, folder: str, extent: Extent, rng: random.Random, step) -> dict:
    """Nanoseconds per call: case → arm → by start and turn."""
    program = places.price_program(libc)
    launches = [arms.resolve(arm, places, folder, program) for arm in overhead_arms.arms_of(libc, places.is_built)]
    names = [launch.arm.name for launch in launches]
    found: dict = {}
    counts: dict = {}
    for start in range(extent.starts):
        for cases in overhead_arms.PROCESSES:
            with Programs() as programs:
                programs.start_all(launches)
                for case in cases:
                    part = 1 / len(cases) / len(overhead_arms.PROCESSES)
                    step(f"{libc}, start {start + 1} of {extent.starts}, {case.key}", part)
                    if case not in counts:
                        counts[case] = counts_for(programs, case, extent)
                    turns: dict = {name: [] for name in names}
                    for _ in range(extent.turns):
                        for name in rng.sample(names, len(names)):
                            turns[name].append(programs.ns(name, case, counts[case][name]))
                    for name in names:
                        found.setdefault(case, {}).setdefault(name, []).append(turns[name])
    return found


def difference(a: list, b: list) -> list:
    return [[x - y for x, y in zip(mine, theirs)] for mine, theirs in zip(a, b)]


def case_entry(libc: str, case: Case, by_arm: dict, rng: random.Random) -> dict:
    base = by_arm[overhead_arms.bare(libc)]
    entry = {"libc": libc, "operation": case.operation, "bytes": case.size, "threads": max(1, case.threads)}
    entry["ns_per_call"] = {arm: intervals.of_values(values, rng).as_dict() for arm, values in by_arm.items()}
    entry["ratio_to_bare"] = {
        arm: intervals.of_ratios(intervals.paired_logs(values, base), rng).as_dict()
        for arm, values in by_arm.items()
        if values is not base
    }
    for key, (of, against) in OVERHEADS.items():
        entry[key] = {
            allocator: {
                "ns": intervals.of_values(difference(by_arm[a], by_arm[b]), rng).as_dict(),
                "ratio": intervals.of_ratios(intervals.paired_logs(by_arm[a], by_arm[b]), rng).as_dict(),
            }
            for allocator in overhead_arms.ALLOCATORS
            for a, b in [(of(libc, allocator), against(libc, allocator))]
            if b in by_arm
        }
    return entry


def mean_entry(libc: str, operation: str, threads: int, found: dict, rng: random.Random) -> dict:
    """Both overheads as means over size classes: of the classes' medians, with replicates drawn class by class."""
    cases = [Case(operation, size, threads) for size in overhead_arms.SIZES_OF_MEAN]
    entry: dict = {"libc": libc, "operation": operation, "threads": max(1, threads)}
    for key, (of, against) in OVERHEADS.items():
        entry[key] = {}
        for allocator in overhead_arms.ALLOCATORS:
            a, b = of(libc, allocator), against(libc, allocator)
            if b not in found[cases[0]]:
                continue
            differences = [difference(found[case][a], found[case][b]) for case in cases]
            centre = sum(map(intervals.pooled_median, differences)) / len(cases)
            draws = zip(*(intervals.replicates(values, rng) for values in differences))
            low, high = intervals.interval([sum(parts) / len(cases) for parts in draws])
            entry[key][allocator] = intervals.Estimate(centre, low, high).as_dict()
    return entry


def scaling_entry(libc: str, found: dict, rng: random.Random) -> dict:
    """Two threads of malloc/free against one, in units of what two threads of a spinning loop reach (1 is as good)."""

    def log_gain(operation: str, size: int, arm: str) -> list:
        one, two = found[Case(operation, size, 1)][arm], found[Case(operation, size, 2)][arm]
        return [[math.log(2 * a / b) for a, b in zip(ones, twos)] for ones, twos in zip(one, two)]

    entry: dict = {"libc": libc, "operation": "pair", "bytes": 64, "two_against_one": {}, "against_spin": {}, "spin": {}}
    for arm in found[Case("spin", 0, 1)]:
        pair, spin = log_gain("pair", 64, arm), log_gain("spin", 0, arm)
        entry["two_against_one"][arm] = intervals.of_ratios(pair, rng).as_dict()
        entry["spin"][arm] = intervals.of_ratios(spin, rng).as_dict()
        entry["against_spin"][arm] = intervals.of_ratios(difference(pair, spin), rng).as_dict()
    return entry


def start_up(places: Places, folder: str, count: int, rng: random.Random, step) -> dict:
    """`python3 -c pass`, from fork to end; every run is a start of its own."""
    launches = [arms.resolve(arm, places, folder) for arm in overhead_arms.START_UP]
    for launch in launches:
        check(launch)
    seconds: dict = {launch.arm.name: [] for launch in launches}
    for turn in range(count + 2):
        step(f"start-up, {turn} of {count}", 1 / (count + 2))
        for launch in rng.sample(launches, len(launches)):
            began = time.perf_counter()
            child = os.posix_spawn(launch.program, [launch.program, "-c", "pass"], dict(launch.environment))
            _, status = os.waitpid(child, 0)
            spent = time.perf_counter() - began
            if status:
                raise BenchError(f"{launch.program} -c pass ended with status {status} in arm {launch.arm.name}")
            if turn >= 2:  # the first two fill caches
                seconds[launch.arm.name].append([spent])
    milliseconds = {name: [[value * 1000 for value in start] for start in starts] for name, starts in seconds.items()}
    found: dict = {"ms": {name: intervals.of_values(starts, rng).as_dict() for name, starts in milliseconds.items()}}
    found["more_ms"] = {
        name: intervals.of_values(difference(starts, milliseconds[name.partition("+")[0].partition("-")[0]]), rng).as_dict()
        for name, starts in milliseconds.items()
        if "+" in name or "-" in name
    }
    return found


def measure(places: Places, folder: str, full: bool, rng: random.Random, progress) -> dict:
    extent = FULL if full else QUICK
    began = time.monotonic()
    units = len(LIBCS) * extent.starts + extent.start_ups / 40
    done = 0.0

    def stepper(weight: float):
        def step(text: str, part: float) -> None:
            nonlocal done
            elapsed = time.monotonic() - began
            progress.show(f"overhead: {text}", elapsed / done * (units - done) if done else 60.0)
            done += part * weight

        return step

    found: dict = {"repetition_ns": extent.repetition_ns, "starts": extent.starts, "turns": extent.turns}
    cases, means, scaling = [], [], []
    for libc in LIBCS:
        measured = measure_libc(libc, places, folder, extent, rng, stepper(1.0))
        cases += [case_entry(libc, case, measured[case], rng) for case in overhead_arms.ONE_THREAD + overhead_arms.TWO_THREADS]
        means += [mean_entry(libc, op, threads, measured, rng) for op in overhead_arms.OPERATIONS for threads in (0, 2)]
        scaling.append(scaling_entry(libc, measured, rng))
    found.update({"cases": cases, "means": means, "scaling": scaling})
    found["start_up"] = start_up(places, folder, extent.start_ups, rng, stepper(extent.start_ups / 40))
    return found
