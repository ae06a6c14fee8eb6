# SPDX-License-Identifier: MIT
"""What was measured, as it came in."""

from __future__ import annotations

from typing import NamedTuple


class Repetition(NamedTuple):
    ns: int  # wall time
    faults: int  # page faults, minor and major
    system_us: int  # CPU time in the kernel
    cpu_us: int  # CPU time in all

    @classmethod
    def parse(cls, line: str) -> "Repetition":
        return cls(*(int(word) for word in line.split()))


class Start(NamedTuple):
    """One fresh worker of every arm, which took turns: repetitions of the same index belong together."""

    repetitions: dict  # arm → list of Repetition
    peak_rss: dict  # arm → bytes
    loads: dict = {}  # of a service: arm → list of wrk.Load, turn by turn


class Samples:
    def __init__(self, arms: list, reference: str):
        self.arms = arms  # names, in the order of the table
        self.reference = reference
        self.starts: dict = {}  # workload → list of Start
        self.unavailable: dict = {}  # workload → why the interpreter cannot run it

    def add(self, workload: str, start: Start) -> None:
        self.starts.setdefault(workload, []).append(start)

    def cpu(self, workload: str, arm: str) -> list:
        """Microseconds of CPU time by start and turn."""
        return [[rep.cpu_us for rep in start.repetitions[arm]] for start in self.starts[workload]]

    def times(self, workload: str, arm: str) -> list:
        """Nanoseconds by start and turn."""
        return [[rep.ns for rep in start.repetitions[arm]] for start in self.starts[workload]]
