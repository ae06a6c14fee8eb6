# SPDX-License-Identifier: MIT
"""From samples to `latest.json`: everything that is printed or drawn later is read from here.

A value that was not measured is absent, never 0. The reference has no ratio to itself.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import tempfile

from . import intervals, load_results
from .arms import COMPARISONS
from .samples import Samples

FORMAT = 1


def present(pairs) -> dict:
    return {key: value for key, value in pairs if value is not None}


def peak_rss_ratio(starts: list, arm: str, reference: str):
    return intervals.geomean_of([start.peak_rss[arm] / start.peak_rss[reference] for start in starts])


def mean_of(starts: list, arm: str, field: str) -> float:
    return statistics.fmean(getattr(rep, field) for start in starts for rep in start.repetitions[arm])


def share_in_kernel(starts: list, arm: str):
    cpu = mean_of(starts, arm, "cpu_us")
    return mean_of(starts, arm, "system_us") / cpu if cpu else None


def cpu_ratio(workload, samples: Samples, arm: str, rng: random.Random):
    """Of CPU time: what a busy machine disturbs least. Absent where a repetition is shorter than the clock's steps."""
    mine, base = samples.cpu(workload.name, arm), samples.cpu(workload.name, samples.reference)
    if not all(value for values in mine + base for value in values):
        return None
    return intervals.of_ratios(intervals.paired_logs(mine, base), rng).as_dict()


def cpu_geomean(rows: list, arm: str):
    return intervals.geomean_of([row["cpu_ratio"][arm]["median"] for row in rows if arm in row["cpu_ratio"]])


def one_workload(workload, samples: Samples, ratios: dict, rng: random.Random) -> dict:
    starts, reference = samples.starts[workload.name], samples.reference
    others = [arm for arm in samples.arms if arm != reference]
    faults = {arm: mean_of(starts, arm, "faults") for arm in samples.arms}
    load = load_results.evaluate(starts, samples.arms, reference, rng)
    return {
        "name": workload.name,
        "group": workload.group,
        "help": workload.help,
        "starts": len(starts),
        "turns": sum(len(start.repetitions[reference]) for start in starts),
        "reference_seconds": statistics.median(rep.ns for each in starts for rep in each.repetitions[reference]) / 1e9,
        "ratio": {arm: ratios[arm].estimate().as_dict() for arm in others},
        "cpu_ratio": present((arm, cpu_ratio(workload, samples, arm, rng)) for arm in others),
        "peak_rss_ratio": present((arm, peak_rss_ratio(starts, arm, reference)) for arm in others),
        "page_faults_ratio": {arm: faults[arm] / faults[reference] for arm in others if faults[reference]},
        "peak_rss_bytes": {arm: statistics.median(start.peak_rss[arm] for start in starts) for arm in samples.arms},
        "page_faults": faults,
        "kernel_share": present((arm, share_in_kernel(starts, arm)) for arm in samples.arms),
        **({"load": load} if load else {}),
    }


def comparisons(samples: Samples, names: list, rng: random.Random) -> list:
    """Ratios between two arms neither of which need be the reference, as paired as the others."""
    found = []
    for arm, against, title in COMPARISONS:
        if arm in samples.arms and against in samples.arms:
            ratios = [intervals.Ratio(samples.times(name, arm), samples.times(name, against), rng) for name in names]
            mean = intervals.geometric_mean(ratios)
            found.append({"arm": arm, "against": against, "title": title, "ratio": mean.as_dict()})
    return found


def evaluate(samples: Samples, workloads: list, rng: random.Random) -> dict:
    """The measured part of latest.json."""
    measured = [workload for workload in workloads if workload.name in samples.starts]
    others = [arm for arm in samples.arms if arm != samples.reference]
    ratios = {
        workload.name: {
            arm: intervals.Ratio(samples.times(workload.name, arm), samples.times(workload.name, samples.reference), rng)
            for arm in others
        }
        for workload in measured
    }
    rows = [one_workload(workload, samples, ratios[workload.name], rng) for workload in measured]
    whole = {arm: intervals.geometric_mean([ratios[name][arm] for name in ratios]) for arm in others}
    groups: dict = {}
    for group in dict.fromkeys(workload.group for workload in measured):
        names = [workload.name for workload in measured if workload.group == group]
        groups[group] = {arm: intervals.geometric_mean([ratios[name][arm] for name in names]) for arm in others}
    return {
        "reference": samples.reference,
        "workloads": rows,
        "geomean": {arm: estimate.median for arm, estimate in whole.items() if estimate},
        "geomean_interval": {arm: {"low": e.low, "high": e.high} for arm, e in whole.items() if e},
        "groups": {group: {arm: e.median for arm, e in row.items()} for group, row in groups.items()},
        "groups_interval": {
            group: {arm: {"low": e.low, "high": e.high} for arm, e in row.items()} for group, row in groups.items()
        },
        "cpu_geomean": present((arm, cpu_geomean(rows, arm)) for arm in others),
        "peak_rss_geomean": present((arm, intervals.geomean_of([r["peak_rss_ratio"][arm] for r in rows])) for arm in others),
        "page_faults_total": {arm: sum(row["page_faults"][arm] for row in rows) for arm in samples.arms},
        "kernel_share": {
            arm: statistics.fmean(row["kernel_share"][arm] for row in rows if arm in row["kernel_share"])
            for arm in samples.arms
            if any(arm in row["kernel_share"] for row in rows)
        },
        "comparisons": comparisons(samples, list(ratios), rng),
        "unavailable": samples.unavailable,
    }


def raw(samples: Samples) -> dict:
    """Nanoseconds of every repetition by workload, arm, start and turn."""
    return {name: {arm: samples.times(name, arm) for arm in samples.arms} for name in samples.starts}


def warnings(results: dict) -> list:
    """Where the run itself says that it is not to be trusted."""
    found = []
    again = results.get("reference", "") + "-again"
    span = results.get("geomean_interval", {}).get(again)
    if span and not span["low"] <= 1 <= span["high"]:
        found.append(
            f"{again} is the reference once more, and its geometric mean's interval ({span['low']:.3f} to "
            f"{span['high']:.3f}) leaves out 1: differences of this size are noise of this run"
        )
    for name, reason in results.get("unavailable", {}).items():
        found.append(f"{name} is left out: this interpreter says: {reason}")
    load = results.get("machine", {}).get("load_average")
    cpus = results.get("machine", {}).get("cpus_usable")
    if load and cpus and load[0] > 0.5 * cpus:
        found.append(f"the machine was busy when the run began (load average {load[0]:.1f} on {cpus} processors)")
    return found


def write_whole(text: str, path: str) -> None:
    """To a temporary file beside it and renamed, so that no half file is ever seen."""
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".latest-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write(results: dict, path: str) -> None:
    """One line a top-level key."""
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in results.items())
    write_whole("{\n" + lines + "\n}\n", path)
