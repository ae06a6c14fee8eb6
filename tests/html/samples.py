# SPDX-License-Identifier: MIT
"""Results to show: the bench's, made by its own engine from made-up measurements, and a comparison's, made here."""

import copy
import functools
import itertools
import os
import random
import statistics
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests", "bench"), os.path.join(TOP, "bench")]

import support  # noqa: E402
import workloads  # noqa: E402
from engine import results, sentence  # noqa: E402

MACHINE = {"architecture": "x86_64", "cpu": "AMD EPYC", "cpus": 2, "cpus_usable": 2, "memory_bytes": 8589934592}
VERSIONS = {"mshim": "0.1.0", "allocators": {"mimalloc": "2.0.9", "jemalloc": "5.3.0"}}

# What somebody may call a file, a library or an argument.
HOSTILE = (
    "</script><script>window.hit = 1</script>",
    "<!-- <script>",
    "<img src=x onerror='window.hit = 2'>",
    "\"'`&lt;b&gt;&amp;\u2028\u2029\u202e",
    "__proto__",
    "constructor",
    "x" * 300,
)


@functools.lru_cache(maxsize=None)
def measured(count):
    """latest.json of a run whose true ratios are known."""
    factors = {"glibc": 1.0, "glibc-again": 1.0, "musl": 2.0, "musl+mshim": 0.85, "musl+mshim-nostats": 0.84}
    chosen = workloads.load_all()[:count]
    samples = support.made_up(chosen, factors, starts=3, turns=3, seed=3)
    found = {"format": 1, "machine": MACHINE, "versions": VERSIONS, "settings": {"mode": "quick", "seconds": 61.5}}
    found["arms"] = [{"name": name, "help": f"help of {name}"} for name in factors]
    found.update(results.evaluate(samples, chosen, random.Random(3)))
    found["raw"] = results.raw(samples)
    found["verdict"] = sentence.verdict(found)
    found["warnings"] = ["something to know"]
    return found


def bench(count=12):
    return copy.deepcopy(measured(count))


def overhead():
    """The shim's own overhead, of one libc and one allocator."""
    estimate = {"median": 4.125, "low": 4.0, "high": 4.25}
    arms = {"musl": {"median": 1234.5, "low": 1, "high": 2}, "musl+mimalloc": estimate}
    case = {"libc": "musl", "operation": "pair", "bytes": 1024, "threads": 1, "ns_per_call": arms}
    mean = {"libc": "musl", "operation": "pair", "threads": 2, "routing": {}, "counting": {"mimalloc": estimate}}
    scaling = {"libc": "musl", "two_against_one": {"musl": estimate}, "against_spin": {"musl": estimate}}
    start = {"ms": {"musl": estimate, "musl+mshim": estimate}, "more_ms": {"musl+mshim": estimate}}
    return {"cases": [case], "means": [mean], "scaling": [scaling], "start_up": start}


PART_ARMS = [{"name": name, "libc": name.partition("+")[0], "help": f"help of {name}"} for name in ("glibc", "musl", "musl+mshim")]


def part():
    """Growth or threads: one case, three arms."""
    estimate = {"median": 0.5, "low": 0.4, "high": 0.6}
    figures = {"seconds": estimate, "peak_bytes": estimate}
    median = {arm["name"]: {"seconds": 0.25, "cpu_seconds": 0.2, "peak_bytes": 408 << 20} for arm in PART_ARMS}
    row = {"name": "list", "median": median, "to_bare": {"musl+mshim": figures}}
    row["to_glibc"] = {"musl": figures, "musl+mshim": figures}
    return {"turns": 5, "arms": PART_ARMS, "rows": [row]}


def churn():
    estimate = {"median": 0.5, "low": 0.4, "high": 0.6}
    bare = {"seconds": estimate, "cpu_seconds": estimate, "peak_bytes": 1.2, "mean_bytes": 1.1, "rested_bytes": 1.3}
    memory = {"step_seconds": 0.1, "peak_bytes": 90 << 20, "mean_bytes": 60 << 20, "rested_bytes": 50 << 20}
    rows = [{"name": arm["name"], **memory, "against": {"musl": bare} if "+" in arm["name"] else {}} for arm in PART_ARMS]
    series = {arm["name"]: [[at / 2, (30 + at % 17) << 20] for at in range(60)] for arm in PART_ARMS}
    return {"seconds": 60, "rest_seconds": 12, "turns": 40, "arms": PART_ARMS, "rows": rows, "rss_over_time": series}


def counters(allocator):
    return {
        "format": 1,
        "shim": {"allocator": allocator},
        "sizes": [
            {"from_bytes": 1, "to_bytes": 16, "calls": 400},
            {"from_bytes": 17, "to_bytes": 32, "calls": 1189526},
            {"from_bytes": 33, "to_bytes": 48, "calls": 611104},
            {"from_bytes": 1025, "to_bytes": 1280, "calls": 175},
        ],
        "time": {
            "allocation_share": 0.124,
            "allocation_share_error": 0.011,
            "malloc": {"p50_ns": 18, "p99_ns": 240, "max_ns": 81000},
        },
    }


def one_run(turn, factor, memory, server, rng):
    drift = 1 + 0.05 * turn
    seconds = 0.4 * factor * drift * rng.uniform(0.99, 1.01)
    run = {
        "turn": turn,
        "wall_seconds": seconds,
        "user_seconds": seconds * 0.9,
        "system_seconds": seconds * 0.05,
        "peak_memory_bytes": int(48e6 * memory * rng.uniform(0.99, 1.01)),
        "page_faults_minor": 12345 + turn,
        "page_faults_major": 0,
    }
    if server:
        run["requests_per_second"] = 5000 / factor * rng.uniform(0.99, 1.01)
        run["latency_p99_seconds"] = 0.006 * factor
        run["memory_over_time"] = [[second / 10, int(48e6 * memory * second / (second + 1))] for second in range(1, 20)]
    return run


FACTORS = (1.0, 0.61, 0.67)
MEMORY = (1.0, 1.04, 0.98)


def compare(server=False, names=("none", "mimalloc", "jemalloc", "none-again")):
    """What `mshim compare -o` writes; the last arm is void."""
    rng = random.Random(4)
    arms = []
    for name, factor, memory in zip(names, itertools.cycle(FACTORS), itertools.cycle(MEMORY)):
        runs = [one_run(turn, factor, memory, server, rng) for turn in range(7)]
        fields = [field for field in runs[0] if field not in ("turn", "memory_over_time")]
        arm = {"name": name, "runs": runs, "counters": counters(name)}
        arm["median"] = {field: statistics.median(run[field] for run in runs) for field in fields}
        if arms:
            arm["ratio"] = {"peak_memory": around(memory), "wall": around(factor), "user": around(factor)}
            if server:
                arm["ratio"]["requests_per_second"] = around(1 / factor)
        arms.append(arm)
    arms.append({"name": "/lib/libother.so", "void": "it is not mapped", "runs": []})
    return {
        "format": 1,
        "kind": "compare",
        "machine": MACHINE,
        "versions": VERSIONS,
        "command": ["python3", "work.py", "a b"],
        "reference": names[0],
        "primary": "requests_per_second" if server else "wall",
        "peak_memory_source": "pss",
        "arms": arms,
        "turns": 7,
        "verdict": [f"{names[1]}: 1.64x faster", f"fastest: {names[1]}", f"least memory: {names[2]}"],
    }


def around(centre):
    return {"median": centre, "low": centre * 0.98, "high": centre * 1.02}
