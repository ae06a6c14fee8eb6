# SPDX-License-Identifier: MIT
"""Runs the workers: all arms of a workload live at the same time and take turns, one repetition each, in random order.

So whatever drifts (the clock, the neighbours) hits all arms of a turn alike, and cancels in their ratios.
"""

from __future__ import annotations

import random
import time

from . import schedule
from .errors import BenchError
from .samples import Samples, Start
from .service import Services
from .workers import Workers


def one_start(workload, launches: list, turns: int, rng: random.Random) -> tuple:
    """(Start, Cost); (None, reason) where the interpreter cannot run the workload."""
    began = time.monotonic()
    with (Services if workload.request else Workers)(workload, launches) as workers:
        workers.start_all()
        unavailable = workers.wait_ready()
        if unavailable:
            return None, unavailable
        repetitions: dict = {launch.arm.name: [] for launch in launches}
        turning = time.monotonic()
        for _ in range(turns):
            workers.take_turn(repetitions, rng)
        turned = time.monotonic()
        peaks = workers.end()
    spent = time.monotonic() - began - (turned - turning)
    return Start(repetitions, peaks, workers.loads), schedule.Cost(spent, (turned - turning) / turns)


def run(workloads: list, launches: list, settings, rng: random.Random, progress) -> Samples:
    samples = Samples([launch.arm.name for launch in launches], launches[0].arm.name)
    began = time.monotonic()
    costs: dict = {}
    turns = {workload.name: settings.first_turns for workload in workloads}
    left = settings.starts
    done = 0
    while left:
        runnable = [workload for workload in workloads if workload.name not in samples.unavailable]
        for index, workload in enumerate(runnable):
            elapsed = time.monotonic() - began
            if costs and len(costs) + len(samples.unavailable) == len(workloads):
                rest = schedule.round_seconds({w.name: costs[w.name] for w in runnable[index:]}, turns)
                remaining = rest + (left - 1) * schedule.round_seconds(costs, turns)
            else:
                remaining = max(0.0, settings.budget_seconds - elapsed)
                if index:
                    remaining = min(remaining, 2 * elapsed / index * (len(runnable) * left - index))
            progress.show(f"start {done + 1} of {done + left}, {workload.name}", remaining)
            start, cost = one_start(workload, launches, turns[workload.name], rng)
            if start is None:
                samples.unavailable[workload.name] = cost
                progress.note(f"{workload.name} is left out: this interpreter says: {cost}")
                continue
            samples.add(workload.name, start)
            costs[workload.name] = cost
        done += 1
        if not costs:
            raise BenchError("none of the workloads can run with this interpreter")
        seconds = max(0.0, settings.budget_seconds - (time.monotonic() - began))
        left, turns = schedule.plan_rounds(costs, seconds, settings, done)
    progress.clear()
    return samples
