# SPDX-License-Identifier: MIT
"""`--only growth`: a list, a bytearray and a BytesIO grown to 400 MiB by steps of 64 KiB (`bench/parts/worker.py`)."""

from __future__ import annotations

import random

from . import part_runs
from .part_runs import Case
from .places import PARTS_WORKER, Places

KINDS = ("list", "bytearray", "BytesIO")


def cases() -> list:
    return [
        Case(kind, lambda launch, kind=kind: [launch.program, "-S", "-B", PARTS_WORKER, "growth", kind]) for kind in KINDS
    ]


def measure(chosen: list, places: Places, folder: str, rng: random.Random, progress) -> dict:
    launches = part_runs.launches_of(chosen, places, folder)
    step = part_runs.Steps("growth", progress, 10 * len(launches))
    found = part_runs.measure(launches, cases(), part_runs.TURNS, rng, step)
    return {
        "turns": part_runs.TURNS,
        "arms": part_runs.described(launches),
        "rows": part_runs.evaluate(launches, found, rng),
    }


def render(found: dict) -> str:
    notes = ["Each run is a process of its own, medians; ratios paired by turn, with 95 % intervals; MiB: peak resident set."]
    return "\n".join(part_runs.render("Growth to 400 MiB, by steps of 64 KiB:", notes, found["arms"], found["rows"]))
