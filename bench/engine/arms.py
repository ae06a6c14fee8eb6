# SPDX-License-Identifier: MIT
"""The arms: what is compared. One row an arm; adding one is adding a row.

An arm is an interpreter, a library to preload, and environment variables. A row says no more than that: what a worker
has to prove follows from it (`proof.py`).
"""

from __future__ import annotations

import os
from typing import Mapping, NamedTuple

SHIM = "libmshim.so"


class Arm(NamedTuple):
    name: str
    python: str  # whose interpreter: build/python-NAME, or "given" (--python)
    help: str
    preload: str = ""  # a library below build/LIBC/lib
    environment: Mapping[str, str] = {}
    quick: bool = False  # one that the reader's sentence needs
    real: bool = False  # one that --real measures too, beside the quick ones


RELINKED = "-relinked"  # ends the names of interpreters whose libpython `mshim relink` has been at


def libc_of(python: str) -> str:
    """Of an interpreter that set-up builds, by its name."""
    return "musl" if python.startswith("musl") else "glibc"


def only(allocator: str) -> dict:
    """The shim with the allocator and nothing else. Variables that the library does not know yet are left out."""
    return {"MSHIM_ALLOCATOR": allocator, "MSHIM_STATS": "off", "MSHIM_MEMFUNCS": "off", "MSHIM_PYTHON": "off"}


MIMALLOC_ALONE = "alone/libmimalloc.so"
JEMALLOC_ALONE = "alone/libjemalloc.so"

TWINS = (
    Arm("glibc", "glibc", "the reference", quick=True),
    Arm("glibc-again", "glibc", "the reference once more (A/A)", quick=True),
    Arm("musl", "musl", "bare", quick=True),
    Arm("musl+system", "musl", "musl's own allocator through the shim", SHIM, only("system")),
    Arm("musl+jemalloc", "musl", "the shim with jemalloc, nothing else on", SHIM, only("jemalloc"), quick=True),
    Arm("musl+mimalloc", "musl", "the shim with mimalloc, nothing else on", SHIM, only("mimalloc"), quick=True),
    Arm("musl+jemalloc-alone", "musl", "jemalloc preloaded by itself, no shim", JEMALLOC_ALONE),
    Arm("musl+mimalloc-alone", "musl", "mimalloc preloaded by itself, no shim", MIMALLOC_ALONE),
    Arm("musl+mshim", "musl", "the shim with all its defaults, counters on", SHIM, quick=True),
    Arm("musl+mshim-nostats", "musl", "the same, counters off", SHIM, {"MSHIM_STATS": "off"}),
    Arm("musl+mshim+relinked", "musl-relinked", "the shim with all its defaults, libpython relinked", SHIM),
    Arm("musl+memfuncs", "musl", "the memory functions alone", SHIM, {**only("system"), "MSHIM_MEMFUNCS": "on"}),
    Arm("musl+mimalloc+memfuncs", "musl", "mimalloc and the memory functions", SHIM,
        {**only("mimalloc"), "MSHIM_MEMFUNCS": "on"}),
    Arm("musl+mimalloc+python", "musl", "mimalloc and CPython's objects", SHIM,
        {**only("mimalloc"), "MSHIM_PYTHON": "on"}),
    Arm("glibc+python", "glibc", "CPython's objects alone", SHIM, {**only("system"), "MSHIM_PYTHON": "on"}),
    Arm("musl+pymimalloc", "musl", "PYTHONMALLOC=mimalloc, no shim", environment={"PYTHONMALLOC": "mimalloc"}),
    Arm("glibc+mallocng", "glibc", "musl's allocator on glibc, through the shim", SHIM, only("mallocng")),
    Arm("glibc+mshim", "glibc", "the shim with all its defaults, counters on", SHIM),
    Arm("glibc+tuned", "glibc", "mimalloc preloaded by itself, PYTHONMALLOC=malloc, no shim", MIMALLOC_ALONE,
        {"PYTHONMALLOC": "malloc"}, real=True),
    Arm("glibc+relinked", "glibc-relinked", "libpython relinked, no shim"),
)  # fmt: skip

# What people choose between (--published): Debian's image has PGO, Alpine's (the musl twin) has not.
PUBLISHED = (
    Arm("slim", "slim", "the reference: Debian's Python as published, PGO and LTO", quick=True),
    Arm("slim-again", "slim", "the reference once more (A/A)", quick=True),
    Arm("alpine", "musl", "Alpine's Python as published, LTO without PGO", quick=True),
    Arm("alpine+mshim", "musl", "the same under the shim with all its defaults, counters on", SHIM, quick=True),
    Arm("alpine+mshim+relinked", "musl-relinked", "the same, libpython relinked", SHIM, quick=True),
    Arm("slim+tuned", "slim", "Debian's Python, mimalloc preloaded by itself, PYTHONMALLOC=malloc", MIMALLOC_ALONE,
        {"PYTHONMALLOC": "malloc"}, quick=True),
    Arm("slim+relinked", "slim-relinked", "Debian's Python, libpython relinked, no shim", quick=True),
)  # fmt: skip

# An interpreter of the user's own (--python), bare against each allocator of the shim.
GIVEN = (
    Arm("bare", "given", "the reference", quick=True),
    Arm("bare-again", "given", "the reference once more (A/A)", quick=True),
    Arm("jemalloc", "given", "the shim with jemalloc, nothing else on", SHIM, only("jemalloc"), quick=True),
    Arm("mimalloc", "given", "the shim with mimalloc, nothing else on", SHIM, only("mimalloc"), quick=True),
    Arm("mshim", "given", "the shim with all its defaults, counters on", SHIM, quick=True),
)

# What is worth a ratio of its own, beside the ones to the reference: (arm, against, what the ratio is).
COMPARISONS = (
    ("musl+mimalloc", "musl+mimalloc-alone", "overhead of routing through the shim (mimalloc)"),
    ("musl+jemalloc", "musl+jemalloc-alone", "overhead of routing through the shim (jemalloc)"),
    ("musl+mshim", "musl+mshim-nostats", "overhead of the counters"),
    ("musl+system", "musl", "overhead of the pass-through"),
    ("musl+mshim", "glibc+tuned", "against Debian's best by hand"),
    ("musl+mshim+relinked", "musl+mshim", "what relinking adds to the shim"),
    ("alpine+mshim+relinked", "slim+tuned", "against Debian's best by hand"),
)


def clean_environment(temporary_folder: str) -> dict:
    """The same for every arm and nothing inherited: no MSHIM_*, MALLOC_*, LD_*, PYTHON* of whoever started the bench."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": temporary_folder,
        "TMPDIR": temporary_folder,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
    }


def is_alone(arm: Arm) -> bool:
    """An allocator as a library of its own: what a build may lack, and the rest of the bench can do without."""
    return arm.preload.startswith("alone/")


def is_relinked(arm: Arm) -> bool:
    """On a libpython that `mshim relink` has been at: what it may refuse, and the rest of the bench can do without."""
    return arm.python.endswith(RELINKED)


class Launch(NamedTuple):
    """An arm on this machine: what to execute, with what environment."""

    arm: Arm
    libc: str
    program: str
    library: str  # "" where nothing is preloaded
    environment: Mapping[str, str]


def with_packages(launch: Launch, places) -> Launch:
    """For the workloads on packages from the index. One thread in numpy's linear algebra: its others would spin through the
    turns of the other arms."""
    found = {"PYTHONPATH": places.packages(launch.libc), "OPENBLAS_NUM_THREADS": "1"}
    return launch._replace(environment={**launch.environment, **found})


def resolve(arm: Arm, places, temporary_folder: str, program: str = "") -> Launch:
    """`places` (`places.py`) knows where interpreters and libraries are and which options the library has. The program is
    the arm's interpreter unless another is named."""
    libc = places.libc_of(arm)
    library = places.library(libc, arm.preload) if arm.preload else ""
    environment = clean_environment(temporary_folder)
    for name, value in arm.environment.items():
        if not name.startswith("MSHIM_") or name in places.shim_options():
            environment[name] = value
    if library:
        environment["LD_PRELOAD"] = os.path.abspath(library)
    return Launch(arm, libc, program or places.python(arm), library, environment)
