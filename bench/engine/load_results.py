# SPDX-License-Identifier: MIT
"""What the load generator says of a service, beside its time: requests per second, and how long the answers took;
and what an answer cost the server in CPU time, which a busy machine disturbs less."""

from __future__ import annotations

import random
import statistics

from . import intervals
from .table import number

# Key in the results, from a wrk.Load and the turn's Repetition (of a thousand requests), title in the table.
FIGURES = (
    ("requests_per_second", lambda load, rep: load.requests_per_second, "requests/s"),
    ("p50_ms", lambda load, rep: load.p50_seconds * 1000, "p50 ms"),
    ("p99_ms", lambda load, rep: load.p99_seconds * 1000, "p99 ms"),
    ("cpu_us_per_request", lambda load, rep: rep.cpu_us / 1000, "cpu us each"),
)


def evaluate(starts: list, arms: list, reference: str, rng: random.Random) -> dict:
    """By figure: medians by arm, and ratios to the reference, paired by turn. Empty for what is no service."""
    if not any(start.loads for start in starts):
        return {}
    found: dict = {}
    for key, value, _ in FIGURES:
        by_arm = {
            arm: [[value(*turn) for turn in zip(start.loads[arm], start.repetitions[arm])] for start in starts] for arm in arms
        }
        found[key] = {arm: statistics.median(v for start in values for v in start) for arm, values in by_arm.items()}
        found[key + "_ratio"] = {
            arm: intervals.of_ratios(intervals.paired_logs(values, by_arm[reference]), rng).as_dict()
            for arm, values in by_arm.items()
            if arm != reference
        }
    return found


def render(row: dict, arms: list) -> list:
    """Lines of the table for one service."""
    load = row["load"]
    lines = ["", f"{row['name']} under wrk:", f"  {'arm':<22}" + "".join(f"{title:>12}{'':>24}" for _, _, title in FIGURES)]
    for arm in arms:
        line = f"  {arm:<22}"
        for key, _, _ in FIGURES:
            ratio = load[key + "_ratio"].get(arm)
            said = f"{number(ratio['median'])} ({number(ratio['low'])} to {number(ratio['high'])})" if ratio else ""
            line += f"{number(load[key][arm]):>12}  {said:<22}"
        lines.append(line.rstrip())
    return lines
