# SPDX-License-Identifier: MIT
"""How many turns each workload gets, so that the whole fits the time there is.

The bench goes round by round: in a round every workload gets one start of fresh workers. So the starts of a workload are
spread over the whole run, and what the machine did for a minute is in one start of many. The first round measures what a
start and a turn cost; from then on every workload gets the same share of the time, as far as it can use it.
"""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    budget_seconds: float  # for the Python workloads
    starts: int  # fresh workers per workload and arm
    min_starts: int  # below this no interval is worth printing: rather late than fewer
    first_turns: int  # in the first round, when costs are unknown
    max_turns: int  # per start
    overhead: bool = False  # the C micro-benchmarks and the start-up time, too


QUICK = Settings(budget_seconds=200, starts=5, min_starts=4, first_turns=3, max_turns=6)
REAL = Settings(budget_seconds=270, starts=4, min_starts=3, first_turns=2, max_turns=6)
FULL = Settings(budget_seconds=1680, starts=12, min_starts=6, first_turns=3, max_turns=8, overhead=True)


FROZEN_WORKLOADS = 48  # what the budgets of --quick and --full are made for


def for_workloads(mode: str, count: int) -> Settings:
    settings = {"quick": QUICK, "full": FULL, "real": REAL}[mode]
    if mode == "full" and count > FROZEN_WORKLOADS:  # both sets: as much time for each workload as for one set
        settings = settings._replace(budget_seconds=settings.budget_seconds * count / FROZEN_WORKLOADS)
    return settings


class Cost(NamedTuple):
    start: float  # seconds to start, warm and end a worker of every arm
    turn: float  # seconds for one turn of all arms


def round_seconds(costs: dict, turns: dict) -> float:
    return sum(cost.start + turns[name] * cost.turn for name, cost in costs.items())


def plan_turns(costs: dict, seconds: float, most: int) -> dict:
    """Turns per workload for one round of that many seconds: at least 1 each, else equal shares of the time."""

    def with_share(share: float) -> dict:
        return {
            name: max(1, min(most, int((share - cost.start) / cost.turn if cost.turn else most)))
            for name, cost in costs.items()
        }

    low, high = 0.0, max((cost.start + (most + 1) * cost.turn for cost in costs.values()), default=0.0)
    for _ in range(40):
        middle = (low + high) / 2
        if round_seconds(costs, with_share(middle)) <= seconds:
            low = middle
        else:
            high = middle
    return with_share(low)


def plan_rounds(costs: dict, seconds: float, settings: Settings, done: int) -> tuple:
    """(rounds still to do, turns per workload in each): as many rounds as fit with two turns, then as many turns as fit."""
    thin = round_seconds(costs, dict.fromkeys(costs, 2))
    fitting = int(seconds / thin) if thin else settings.starts
    left = max(0, min(settings.starts, max(settings.min_starts, done + fitting)) - done)
    return left, plan_turns(costs, seconds / left, settings.max_turns) if left else {}
