# SPDX-License-Identifier: MIT
"""`--only threads`: what threads do to an allocator, in C (`bench/parts/threads.c`)."""

from __future__ import annotations

import random

from . import part_runs
from .part_runs import Case
from .places import Places

# What `threads` is asked for, and what that is.
KINDS = (
    *((("scale", count), f"{count} thread{'s' * (count > 1)}") for count in (1, 2, 4, 8, 16, 32, 64)),
    *((("made", count), f"1,024 made and ended, {count} at a time") for count in (1, 8, 64)),
    *((("elsewhere", count), f"freed elsewhere, {count} threads") for count in (2, 8, 64)),
    (("idle", 5000), "5,000 idle threads"),
    (("fork", 8), "child of 8 threads"),
)


def cases() -> list:
    return [
        Case(name, lambda launch, kind=kind, count=count: [launch.program, kind, str(count)])
        for (kind, count), name in KINDS
    ]


def measure(chosen: list, places: Places, folder: str, rng: random.Random, progress) -> dict:
    launches = part_runs.launches_of(chosen, places, folder, places.threads_program)
    step = part_runs.Steps("threads", progress, 30 * len(launches))
    found = part_runs.measure(launches, cases(), part_runs.TURNS, rng, step)
    return {
        "turns": part_runs.TURNS,
        "arms": part_runs.described(launches),
        "rows": part_runs.evaluate(launches, found, rng),
    }


def render(found: dict) -> str:
    notes = [
        "The same number of malloc and free for any number of threads, blocks of 16 bytes to 32 KiB; the child allocates 200 MiB",
        "after its parent's 8 threads have freed as much. Each run is a process of its own, medians; ratios paired by turn, with",
        "95 % intervals; MiB: peak resident set.",
    ]
    return "\n".join(part_runs.render("Threads:", notes, found["arms"], found["rows"]))
