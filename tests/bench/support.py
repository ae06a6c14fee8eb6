# SPDX-License-Identifier: MIT
"""What the tests of the bench share: its modules in reach, and made-up measurements."""

import os
import random
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCH = os.path.join(TOP, "bench")
if BENCH not in sys.path:
    sys.path.insert(0, BENCH)

from engine.samples import Repetition, Samples, Start  # noqa: E402


def engine(*arguments, **options):
    """bench/run after set-up: the engine itself, as a program."""
    command = [sys.executable, "-E", "-B", os.path.join(BENCH, "engine", "__main__.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def made_up(workloads, factors, starts, turns, seed, between=0.02, within=0.03):
    """Samples whose true ratios are `factors` (arm → ratio, the first is the reference): each process has its own luck,
    each repetition its noise, and the clock drifts by 1.7 over the run, for all arms of a turn alike."""
    rng = random.Random(seed)
    samples = Samples(list(factors), next(iter(factors)))
    for workload in workloads:
        for start in range(starts):
            luck = {arm: rng.gauss(0, between) for arm in factors}
            repetitions = {arm: [] for arm in factors}
            for turn in range(turns):
                drift = 1 + 0.7 * (start * turns + turn) / (starts * turns)
                for arm, factor in factors.items():
                    noise = 2.718281828 ** (luck[arm] + rng.gauss(0, within))
                    faults = 100 if arm == "musl" else 10
                    repetitions[arm].append(Repetition(int(1e7 * factor * drift * noise), faults, 100, 10000))
            samples.add(workload.name, Start(repetitions, {arm: int(1e7 * factor) for arm, factor in factors.items()}))
    return samples
