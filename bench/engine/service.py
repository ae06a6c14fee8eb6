# SPDX-License-Identifier: MIT
"""A workload that is a service: a server of every arm, asked by wrk in turns. All servers stand on one processor, of which
the one that is asked has all; wrk has another where there is one.

A turn counts as the time for a thousand requests, so that it can stand beside the other workloads.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import urllib.request

from . import wrk
from .errors import BenchError
from .places import SERVER
from .samples import Repetition
from .workers import Workers

WARM_SECONDS = 1
TURN_SECONDS = 1


class Services(Workers):
    program = SERVER

    def __init__(self, workload, launches: list):
        super().__init__(workload, launches)
        self.loads = {launch.arm.name: [] for launch in launches}
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpu, self.wrk_cpu = cpus[0], cpus[-1]
        self.urls: dict = {}
        self.folder = tempfile.TemporaryDirectory(prefix="mshim-wrk-")
        self.script = os.path.join(self.folder.name, "request.lua")
        wrk.write_script(workload.request, self.script)

    def __exit__(self, *_) -> None:
        super().__exit__(*_)
        self.folder.cleanup()

    def warm(self, launch, facts) -> None:
        name = launch.arm.name
        os.sched_setaffinity(self.processes[name].child.pid, {self.server_cpu})
        self.urls[name] = f"http://127.0.0.1:{facts.values['port']}{self.workload.request.path}"
        self.check(name)
        wrk.run(self.script, self.urls[name], WARM_SECONDS, self.wrk_cpu)

    def check(self, name: str) -> None:
        """Does the service answer what it has to?"""
        request = urllib.request.Request(
            self.urls[name], self.workload.request.body.encode(), {"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever the caller's environment says
        try:
            with opener.open(request, timeout=30) as response:
                answer = json.load(response)
        except (OSError, ValueError) as error:
            raise self.processes[name].failure(f"does not answer: {error}") from error
        if answer != self.workload.request.answer:
            raise BenchError(f"{self.processes[name].name} answers wrongly: {str(answer)[:300]}")

    def used(self, name: str) -> list:
        return [int(word) for word in self.processes[name].ask("\n").split()]

    def take_turn(self, repetitions: dict, rng: random.Random) -> None:
        for name in rng.sample(list(self.processes), len(self.processes)):
            before = self.used(name)
            load = wrk.run(self.script, self.urls[name], TURN_SECONDS, self.wrk_cpu)
            faults, system_us, cpu_us = (
                round((b - a) * 1000 / load.requests) for a, b in zip(before, self.used(name))
            )
            self.loads[name].append(load)
            repetitions[name].append(Repetition(round(1e12 / load.requests_per_second), faults, system_us, cpu_us))

    def end(self) -> dict:
        for name in self.processes:
            self.check(name)  # still right after all that
        return super().end()
