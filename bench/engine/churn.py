# SPDX-License-Identifier: MIT
"""`--only churn`: a service's mix for a minute, and what it holds when it has paused (`bench/parts/worker.py`).

A service of every arm is up. In turns, and in random order, each serves some requests; while the others do, it pauses, as services
do. A third of the way in it has four times as many sessions, for a quarter of the minute; after the minute all of them rest.
"""

from __future__ import annotations

import os
import random
import time

from . import intervals, part_runs, proof
from .places import PARTS_WORKER, Places
from .process import Group

SECONDS = 60
REST_SECONDS = 12
SESSIONS, MORE_SESSIONS = 3000, 12000
MORE_FROM, MORE_TO = 0.3, 0.55  # of the minute
SAMPLE_SECONDS = 0.25  # between two looks at the same process at most
TURNS_MIN = 8


def sessions_at(share: float) -> int:
    return MORE_SESSIONS if MORE_FROM <= share < MORE_TO else SESSIONS


def rss_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Services(Group):
    def start_all(self, launches: list) -> None:
        for launch in launches:
            command = [launch.program, "-S", "-B", PARTS_WORKER, "churn"]
            process = self.start(launch.arm.name, f"the service in arm {launch.arm.name}", command, dict(launch.environment))
            lines = []
            while (line := process.line()) != "ready":
                lines.append(line)
            proof.require(launch, proof.parse("\n".join(lines)))
        self.began = time.monotonic()
        self.points: dict = {launch.arm.name: [] for launch in launches}

    def look(self, name: str) -> None:
        self.points[name].append((time.monotonic() - self.began, rss_bytes(self.processes[name].child.pid)))

    def look_at_all(self) -> None:
        for name in self.processes:
            if not self.points[name] or time.monotonic() - self.began - self.points[name][-1][0] >= SAMPLE_SECONDS:
                self.look(name)


def run(launches: list, rng: random.Random, progress, seconds: float, rest_seconds: float) -> tuple:
    """(seconds and CPU seconds of every step by arm, points of (seconds, bytes) by arm)"""
    steps: dict = {launch.arm.name: [] for launch in launches}
    with Services() as services:
        services.start_all(launches)
        turn = 0
        while turn < TURNS_MIN or time.monotonic() - services.began < seconds:
            elapsed = time.monotonic() - services.began
            progress.show(f"churn: turn {turn + 1}", seconds + rest_seconds - elapsed)
            live = sessions_at(elapsed / seconds)
            for name in rng.sample(list(steps), len(steps)):
                steps[name].append(tuple(map(float, services.processes[name].ask(f"{live}\n").split())))
                services.look(name)
                services.look_at_all()
            turn += 1
        resting = time.monotonic()
        while (rested := time.monotonic() - resting) < rest_seconds:
            progress.show("churn: at rest", rest_seconds - rested)
            time.sleep(SAMPLE_SECONDS)
            services.look_at_all()
        for name in steps:
            services.look(name)
        return steps, services.points


def mean_bytes(points: list) -> float:
    """Over time: looks are not equally far apart."""
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(points, points[1:]))
    return area / (points[-1][0] - points[0][0])


def measure(chosen: list, places: Places, folder: str, rng: random.Random, progress, seconds=SECONDS, rest=REST_SECONDS) -> dict:
    launches = part_runs.launches_of(chosen, places, folder)
    steps, points = run(launches, rng, progress, seconds, rest)

    def ratio(arm: str, base: str, index: int):
        mine, theirs = ([step[index] for step in steps[name]] for name in (arm, base))
        if not all(mine + theirs):
            return None
        return intervals.of_ratios(intervals.paired_logs([mine], [theirs]), rng).as_dict()

    memory = {
        arm: {
            "peak_bytes": max(found for _, found in series),
            "mean_bytes": round(mean_bytes(series)),
            "rested_bytes": series[-1][1],
        }
        for arm, series in points.items()
    }
    rows = []
    for launch in launches:
        arm, bare = launch.arm.name, launch.libc
        row = {"name": arm, "step_seconds": intervals.median(sorted(step[0] for step in steps[arm])), **memory[arm]}
        bases = [bare] if arm != bare else []
        if "+mshim" in arm:
            bases += [name for name in steps if name.startswith(bare + "+") and name.endswith("-alone")]
        row["against"] = {
            base: {
                **{key: value for key, value in (("seconds", ratio(arm, base, 0)), ("cpu_seconds", ratio(arm, base, 1))) if value},
                **{key: memory[arm][key] / memory[base][key] for key in memory[arm]},
            }
            for base in bases
        }
        rows.append(row)
    return {
        "seconds": seconds,
        "rest_seconds": rest,
        "turns": len(next(iter(steps.values()))),
        "arms": part_runs.described(launches),
        "rows": rows,
        "rss_over_time": {arm: [[round(at, 3), found] for at, found in series] for arm, series in points.items()},
    }


def render(found: dict) -> str:
    lines = [
        f"A service's mix for {found['seconds']:.0f} s, {found['turns']} turns, each a pause for the others, then {found['rest_seconds']:.0f} s of rest:",
        "",
        f"{'arm':<24}{'ms a step':>10} {'time/bare':>11}{'':<13}{'CPU/bare':>8}{'':<16}"
        f"{'peak MiB':>9}{'/bare':>7}{'mean':>8}{'/bare':>7}{'rested':>8}{'/bare':>7}",
    ]
    for row in found["rows"]:
        bare = row["against"].get(row["name"].partition("+")[0], {})
        line = f"{row['name']:<24}{row['step_seconds'] * 1000:>10.1f} {part_runs.cell(bare.get('seconds'))}{part_runs.cell(bare.get('cpu_seconds'))}"
        for key, width in (("peak_bytes", 9), ("mean_bytes", 8), ("rested_bytes", 8)):
            share = f"{bare[key]:.2f}" if key in bare else ""
            line += f"{row[key] / part_runs.MEBIBYTE:>{width}.1f}{share:>7}"
        lines.append(line.rstrip())
    for row in found["rows"]:
        for base, figures in row["against"].items():
            if row["name"].endswith("+mshim") and base.endswith("-alone") and "cpu_seconds" in figures:
                lines.append(
                    f"{row['name']} / {base}: CPU time {figures['cpu_seconds']['median']:.2f}, peak {figures['peak_bytes']:.2f}, "
                    f"rested {figures['rested_bytes']:.2f}"
                )
    lines.append("The resident set over time is drawn in the HTML report.")
    return "\n".join(lines)
