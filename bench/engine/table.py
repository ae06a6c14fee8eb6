# SPDX-License-Identifier: MIT
"""The results in a terminal: a summary with a row an arm, then a row a workload, as many arms beside each other as fit."""

from __future__ import annotations

from . import intervals
from .machine import headline

BLOCK = 22  # columns an arm takes: time, memory, faults
WIDE_INTERVAL = 0.10  # a ratio whose 95 % interval is wider than this gets a `~`


def number(value) -> str:
    """Three digits that matter, whatever the size."""
    if value is None:
        return "-"
    if value < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def short_count(value: float) -> str:
    return f"{value / 1000:.0f}k" if value >= 10000 else f"{value:.0f}"


def time_cell(estimate: dict) -> str:
    wide = estimate["high"] - estimate["low"] > WIDE_INTERVAL * estimate["median"]
    return ("~" if wide else "") + number(estimate["median"])


def faults_cell(row: dict, arm: str) -> str:
    if arm in row["page_faults_ratio"]:
        return number(row["page_faults_ratio"][arm])
    count = row["page_faults"][arm]
    return "+" + short_count(count) if count >= 0.5 else "-"


def thousandths(value) -> str:
    return "-" if value is None else f"{value:.3f}"


def block(time: str, memory: str, faults: str) -> str:
    return f"{time:>8}{memory:>7}{faults:>7}"


def faults_total(rows: list, arm: str, reference: str) -> str:
    base = sum(row["page_faults"][reference] for row in rows)
    return number(sum(row["page_faults"][arm] for row in rows) / base) if base else "-"


def mean_block(rows: list, mean: float, arm: str, reference: str) -> str:
    memory = intervals.geomean_of([row["peak_rss_ratio"][arm] for row in rows if arm in row["peak_rss_ratio"]])
    return block(number(mean), number(memory), faults_total(rows, arm, reference))


def summary(results: dict) -> list:
    reference, total = results["reference"], results["page_faults_total"]
    lines = [f"{'arm':<22}{'time':>7}   {'95 % interval':<16}{'cpu':>7}{'memory':>8}{'faults':>8}{'kernel':>8}"]
    kernel = results["kernel_share"]
    lines.append(f"{reference:<22}{1:>7.3f}   {'(the reference)':<16}{1:>7.3f}{1:>8.3f}{1:>8.2f}{kernel[reference]:>8.0%}")
    for arm, mean in results["geomean"].items():
        span = results["geomean_interval"][arm]
        cpu, memory = (results[key].get(arm) for key in ("cpu_geomean", "peak_rss_geomean"))
        faults = number(total[arm] / total[reference]) if total[reference] else "-"
        lines.append(
            f"{arm:<22}{mean:>7.3f}   {span['low']:.3f} to {span['high']:.3f}  "
            f"{thousandths(cpu):>7}{thousandths(memory):>8}{faults:>8}{kernel[arm]:>8.0%}"
        )
    return lines


def detail(results: dict, arms: list) -> list:
    reference = results["reference"]
    titles = "".join(f"{arm:>{BLOCK}}" for arm in arms)
    lines = ["", f"{'':<34}{titles}", f"{'':<24}{reference + ' ms':>10}" + block("time", "memory", "faults") * len(arms)]
    for group, means in results["groups"].items():
        rows = [row for row in results["workloads"] if row["group"] == group]
        lines.append(group)
        for row in rows:
            cells = "".join(
                block(time_cell(row["ratio"][arm]), number(row["peak_rss_ratio"].get(arm)), faults_cell(row, arm))
                for arm in arms
            )
            lines.append(f"  {row['name']:<24}{row['reference_seconds'] * 1000:>8.1f}{cells}")
        lines.append(f"  {'= geometric mean':<32}" + "".join(mean_block(rows, means[arm], arm, reference) for arm in arms))
    cells = "".join(mean_block(results["workloads"], results["geomean"][arm], arm, reference) for arm in arms)
    return lines + [f"{'GEOMETRIC MEAN OF ALL':<34}{cells}"]


SET_TITLES = {"second": " of the second set"}


def set_tables(results: dict, of_set: str, width: int) -> list:
    """The rows and the means of one set."""
    arms, rows = list(results["geomean"]), results["workloads"]
    side_by_side = max(1, (width - 34) // BLOCK)
    lines: list = []
    for first in range(0, len(arms), side_by_side):
        lines += detail(results, arms[first : first + side_by_side])
    reference = results["reference"]
    title = f"All {len(rows)} workloads{SET_TITLES.get(of_set, '')}, each against {reference} in the same turn, below 1 is better:"
    return lines + ["", title, ""] + summary(results)


def render_second(results: dict, width: int) -> str:
    """The set that was made after the tuning, where both were measured."""
    lines = set_tables(results["second"], "second", width)
    means = results["geomean"]
    lines += ["", "Both sets, geometric means of time:"]
    for arm, mean in results["second"]["geomean"].items():
        lines.append(f"  {arm:<22}frozen {means[arm]:.3f}, second {mean:.3f}")
    return "\n".join(lines).lstrip("\n")


def render(results: dict, width: int) -> str:
    rows = results["workloads"]
    lines = [f"machine: {headline(results['machine'])}", ""]
    if rows:
        lines += set_tables(results, results.get("set", "frozen"), width)
        lines += [
            "",
            "time: ratio of medians paired by turn, geometric mean; cpu: the same of CPU time, which a busy machine",
            "disturbs less; memory: peak RSS; faults: page faults (a + is a count per repetition, where the reference has none);",
            "kernel: share of CPU time spent in the kernel;",
            "~ before a ratio: its 95 % interval is wider than 10 %.",
        ]
        if results["comparisons"]:
            lines += ["", "Other pairs, taken from the same turns:"]
        for entry in results["comparisons"]:
            ratio = entry["ratio"]
            pair = f"{entry['arm']} / {entry['against']}"
            span = f"({ratio['low']:.3f} to {ratio['high']:.3f})"
            lines.append(f"  {pair:<38}{ratio['median']:.3f}  {span}  {entry['title']}")
    return "\n".join(lines)
