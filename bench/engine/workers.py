# SPDX-License-Identifier: MIT
"""The workers of one workload: a process of every arm, that proves what it is and then takes turns with the others."""

from __future__ import annotations

import random

from . import proof
from .places import WORKER
from .process import Group
from .samples import Repetition


class Workers(Group):
    """A fresh worker of every arm for one workload."""

    program = WORKER

    def __init__(self, workload, launches: list):
        super().__init__()
        self.workload = workload
        self.launches = launches
        self.loads: dict = {}  # of a service: arm → what the load generator said, turn by turn

    def start_all(self) -> None:
        for launch in self.launches:
            name = f"the worker of {self.workload.name} in arm {launch.arm.name}"
            # -S: no site packages, the same for all arms; -B: no .pyc beside the sources.
            command = [launch.program, "-S", "-B", self.program, self.workload.module, self.workload.name]
            self.start(launch.arm.name, name, command, dict(launch.environment))

    def wait_ready(self) -> str:
        """Warmed up, and what their arms say; or why this interpreter cannot run the workload."""
        unavailable = ""
        for launch in self.launches:
            lines = []
            process = self.processes[launch.arm.name]
            while (line := process.line()) != "ready":
                lines.append(line)
            facts = proof.parse("\n".join(lines))
            if "unavailable" in facts.values:
                unavailable = facts.values["unavailable"]
            else:
                proof.require(launch, facts)
                self.warm(launch, facts)
        return unavailable

    def warm(self, launch, facts) -> None:
        """A worker has done it by itself."""

    def take_turn(self, repetitions: dict, rng: random.Random) -> None:
        for name in rng.sample(list(self.processes), len(self.processes)):
            repetitions[name].append(Repetition.parse(self.processes[name].ask("\n")))

    def end(self) -> dict:
        """Their peak memory, arm by arm."""
        peaks = {}
        for name, process in self.processes.items():
            peaks[name] = int(process.ask("e"))
            process.close(patience=5)
        return peaks
