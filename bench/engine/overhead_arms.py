# SPDX-License-Identifier: MIT
"""What the micro-benchmarks compare: for each libc, each allocator by itself, through the shim, and counted."""

from __future__ import annotations

from typing import NamedTuple

from .arms import SHIM, Arm, only

LIBCS = ("musl", "glibc")
ALLOCATORS = ("mimalloc", "jemalloc", "mallocng", "system")
ALONE = {"mimalloc": "alone/libmimalloc.so", "jemalloc": "alone/libjemalloc.so"}  # also built as libraries of their own

OPERATIONS = ("pair", "chain")
SIZES = (16, 64, 256, 1024, 4096, 65536)
# The mean over size classes leaves 64 KiB out: some allocators map such a block anew each time, for microseconds, beside
# which a nanosecond cannot be seen.
SIZES_OF_MEAN = (16, 64, 256, 1024, 4096)


class Case(NamedTuple):
    operation: str
    size: int
    threads: int  # as in price.c: 0 is the main thread of a process that has no other

    @property
    def key(self) -> str:
        return f"{self.operation} {self.size} {self.threads}"


ONE_THREAD = tuple(Case(operation, size, 0) for operation in OPERATIONS for size in SIZES)
TWO_THREADS = tuple(Case(operation, size, 2) for operation in OPERATIONS for size in SIZES)
# Two threads against one, both made by a process that has threads, and the same of a loop that allocates nothing.
SCALING = (Case("pair", 64, 1), Case("spin", 0, 1), Case("spin", 0, 2))
# Not in the same processes: once a process has made a thread, some libcs lock where they did not before.
PROCESSES = (ONE_THREAD, TWO_THREADS + SCALING)


def bare(libc: str) -> str:
    return libc


def alone(libc: str, allocator: str) -> str:
    """The arm that has this allocator without the shim: for `system` that is the bare libc; empty where there is none."""
    if allocator == "system":
        return bare(libc)
    return f"{libc}+{allocator}-alone" if allocator in ALONE else ""


def routed(libc: str, allocator: str) -> str:
    return f"{libc}+{allocator}"


def counted(libc: str, allocator: str) -> str:
    return f"{libc}+{allocator}-counted"


def arms_of(libc: str, is_built) -> list:
    """`is_built(libc, library)`: an allocator that is not there as a library of its own is left out of its column."""
    arms = [Arm(bare(libc), libc, "bare")]
    for allocator in ALLOCATORS:
        if allocator in ALONE and is_built(libc, ALONE[allocator]):
            arms.append(Arm(alone(libc, allocator), libc, "preloaded by itself", ALONE[allocator]))
        arms.append(Arm(routed(libc, allocator), libc, "through the shim, counters off", SHIM, only(allocator)))
        environment = {**only(allocator), "MSHIM_STATS": "on"}
        arms.append(Arm(counted(libc, allocator), libc, "through the shim, counters on", SHIM, environment))
    return arms


START_UP = (
    Arm("musl", "musl", "bare"),
    Arm("musl-again", "musl", "bare once more (A/A)"),
    Arm("musl+mshim", "musl", "the shim with all its defaults", SHIM),
    Arm("glibc", "glibc", "bare"),
    Arm("glibc-again", "glibc", "bare once more (A/A)"),
    Arm("glibc+mshim", "glibc", "the shim with all its defaults", SHIM),
)
