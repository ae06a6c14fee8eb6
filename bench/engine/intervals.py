# SPDX-License-Identifier: MIT
"""Medians of paired ratios, and how sure one can be of them.

A sample is a list of starts, each a list of logarithms of ratios, one a turn. Starts are not interchangeable with turns:
a process has its own luck with addresses, and ten turns of one process say nothing about the next. So the bootstrap draws
starts first, then turns within each. Two things keep it honest with few starts: it draws one start fewer than there are
(which makes the variance between starts come out right), and turns are drawn as many as there are.
"""

from __future__ import annotations

import math
import random
from typing import NamedTuple, Optional

REPLICATES = 1000


class Estimate(NamedTuple):
    median: float
    low: float
    high: float

    def as_dict(self) -> dict:
        return {"median": self.median, "low": self.low, "high": self.high}


def median(sorted_values: list) -> float:
    middle = len(sorted_values) // 2
    if len(sorted_values) % 2:
        return sorted_values[middle]
    return (sorted_values[middle - 1] + sorted_values[middle]) / 2


def paired_logs(times: list, reference: list) -> list:
    """Both by start and turn; the result alike."""
    return [[math.log(a / b) for a, b in zip(mine, theirs)] for mine, theirs in zip(times, reference)]


def pooled_median(starts: list) -> float:
    return median(sorted(value for start in starts for value in start))


def replicates(starts: list, rng: random.Random, count: int = REPLICATES) -> list:
    """Medians of `count` resampled samples."""
    drawn = max(1, len(starts) - 1)
    medians = []
    for _ in range(count):
        values: list = []
        for start in rng.choices(starts, k=drawn):
            values += rng.choices(start, k=len(start))
        values.sort()
        medians.append(median(values))
    return medians


def interval(values: list) -> tuple:
    """The middle 95 % of replicates."""
    ordered = sorted(values)
    cut = int(len(ordered) * 0.025)
    return ordered[cut], ordered[-1 - cut]


class Ratio:
    """The ratio of one arm to another on one workload: its estimate, and its replicates for means over workloads."""

    def __init__(self, times: list, reference: list, rng: random.Random, count: int = REPLICATES):
        logs = paired_logs(times, reference)
        self.log_median = pooled_median(logs)
        self.replicates = replicates(logs, rng, count)

    def estimate(self) -> Estimate:
        low, high = interval(self.replicates)
        return Estimate(math.exp(self.log_median), math.exp(low), math.exp(high))


def of_values(starts: list, rng: random.Random, count: int = REPLICATES) -> Estimate:
    """Plain values by start and turn (nanoseconds, differences of them)."""
    return Estimate(pooled_median(starts), *interval(replicates(starts, rng, count)))


def of_ratios(logs: list, rng: random.Random, count: int = REPLICATES) -> Estimate:
    """Logarithms of ratios by start and turn."""
    return Estimate(*map(math.exp, of_values(logs, rng, count)))


def geometric_mean(ratios: list) -> Optional[Estimate]:
    """Over workloads. They are the set, not a sample of one: only starts and turns are resampled."""
    if not ratios:
        return None
    count = len(ratios)
    means = [sum(parts) / count for parts in zip(*(ratio.replicates for ratio in ratios))]
    low, high = interval(means)
    centre = sum(ratio.log_median for ratio in ratios) / count
    return Estimate(math.exp(centre), math.exp(low), math.exp(high))


def geomean_of(values: list) -> Optional[float]:
    positive = [value for value in values if value > 0]
    if not positive:
        return None
    return math.exp(sum(map(math.log, positive)) / len(positive))
