#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What do fork, the start of a process and idle threads cost under the shim?

    bench/micro/start.py [--children N] [--turns N] [--threads N] [--library NAME=PATH ...] [--allocators A,B]

For both libcs: forks and spawns children that exit at once, bare, under the shim with all defaults, and with counters off, turn by
turn; prints the medians of wall time and CPU time per child, and the median of the ratios to bare of the same turn. Then starts
threads that allocate one small block each and wait, and prints the resident memory under each allocator. --library adds an arm:
another build of the library, for a comparison. Needs what bench/setup/setup builds.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

BUILD = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
LIBCS = ("musl", "glibc")


def run(libc, mode, count, environment):
    """The numbers that bench/micro/start.c prints."""
    program = BUILD / libc / "bench/start"
    done = subprocess.run([program, mode, str(count)], env=environment, stdout=subprocess.PIPE, check=True)
    return [int(word) for word in done.stdout.split()]


def arms_of(libc, libraries):
    library = str(BUILD / libc / "lib/libmshim.so")
    arms = {"bare": {}, "shim": {"LD_PRELOAD": library}, "shim, counters off": {"LD_PRELOAD": library, "MSHIM_STATS": "off"}}
    return arms | {name: {"LD_PRELOAD": path.replace("LIBC", libc)} for name, path in libraries}


def children(libc, mode, options):
    arms = arms_of(libc, options.library)
    taken = {arm: [] for arm in arms}
    for turn in range(options.turns):
        for arm in list(arms) if turn % 2 else list(reversed(arms)):
            taken[arm].append(run(libc, mode, options.children, arms[arm]))
    for arm in arms:
        wall, cpu = (statistics.median(each[i] for each in taken[arm]) / 1000 for i in (0, 1))
        ratios = [statistics.median(mine[i] / bare[i] for mine, bare in zip(taken[arm], taken["bare"])) for i in (0, 1)]
        print(f"  {libc:<6}{mode:<7}{arm:<20}{wall:8.0f} us, {ratios[0]:5.2f} of bare; CPU {cpu:8.0f} us, {ratios[1]:5.2f} of bare")


def threads(libc, options):
    library = str(BUILD / libc / "lib/libmshim.so")
    arms = {"bare": {}} | {name: {"LD_PRELOAD": library, "MSHIM_ALLOCATOR": name} for name in options.allocators}
    arms |= {f"{name}, counters off": {"LD_PRELOAD": library, "MSHIM_ALLOCATOR": name, "MSHIM_STATS": "off"} for name in options.allocators}
    for arm, environment in arms.items():
        resident = statistics.median(run(libc, "threads", options.threads, environment)[0] for _ in range(3))
        print(f"  {libc:<6}{arm:<25}{resident / 2**20:8.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--children", type=int, default=200, help="per run")
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--threads", type=int, default=5000)
    parser.add_argument("--library", action="append", default=[], metavar="NAME=PATH", help="LIBC in PATH stands for musl or glibc")
    parser.add_argument("--allocators", default="mimalloc,jemalloc,mallocng,system", type=lambda text: text.split(","))
    options = parser.parse_args()
    options.library = [tuple(each.split("=", 1)) for each in options.library]
    if not all((BUILD / libc / "bench/start").exists() for libc in LIBCS):
        sys.exit("start.py: build/musl/bench/start and build/glibc/bench/start are missing: run bench/setup/setup")
    print(f"{options.children} children, {options.turns} turns, on {os.cpu_count()} CPUs:")
    for mode in ("fork", "spawn"):
        for libc in LIBCS:
            children(libc, mode, options)
    print(f"{options.threads} idle threads, resident memory:")
    for libc in LIBCS:
        threads(libc, options)


if __name__ == "__main__":
    main()
