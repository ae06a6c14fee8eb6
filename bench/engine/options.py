# SPDX-License-Identifier: MIT
"""The command line, checked before anything is installed, built or started."""

from __future__ import annotations

import os
import shutil
from typing import NamedTuple, Optional

import workloads as workload_set

from . import arms as arm_table
from . import part_runs
from .errors import UsageError

# Names for --only that are no workloads, but parts of their own.
OVERHEAD = "price"  # the C micro-benchmarks and the start-up time
GROWTH = "growth"  # one large object
CHURN = "churn"  # a service for a minute
THREADS = "threads"  # in C
INSTALL = "install"  # of --real: how long pip takes


SETS = ("frozen", "second", "both")


class Options(NamedTuple):
    mode: str  # quick, full, real
    workloads: list  # of one set or both
    arms: list  # the reference first
    part_arms: Optional[list]  # names by --arms, for growth, churn and threads; None: all
    arms_named: bool  # by --arms: then one that cannot be measured is an error, else it is left out
    parts: tuple  # of those names
    python: Optional[str]
    published: bool
    check_only: bool


def value_of(words: list, option: str) -> str:
    """Takes the value from `--option VALUE` or `--option=VALUE`."""
    if "=" in option:
        option, _, value = option.partition("=")
    elif words:
        value = words.pop(0)
    else:
        value = ""
    if not value or value.startswith("--"):
        raise UsageError(f"{option} needs a value")
    return value


def names_from(option: str, value: str, accepted: list) -> list:
    names = [name for name in value.split(",") if name]
    for name in names:
        if name not in accepted:
            raise UsageError(f"{option}: there is no {name!r}; accepted are {', '.join(accepted)}")
    if not names:
        raise UsageError(f"{option}: {value!r} names nothing; accepted are {', '.join(accepted)}")
    return names


def check_python(value: str) -> str:
    path = shutil.which(value)
    if not path:
        raise UsageError(f"--python: {value!r} is not an executable file, nor a command in PATH")
    return os.path.abspath(path)


def choose_arms(table: tuple, named: Optional[list], mode: str) -> list:
    """The reference stands first and is always measured: every ratio is to it."""
    if named is None:
        return [arm for arm in table if arm.quick or mode == "full" or (mode == "real" and arm.real)]
    return [arm for index, arm in enumerate(table) if index == 0 or arm.name in named]


def parse(arguments: list) -> Options:
    words = list(arguments)
    mode = "quick"
    published = False
    only = arms = python = chosen_set = None
    check_only = False
    while words:
        word = words.pop(0)
        option = word.partition("=")[0]
        if word in ("--quick", "--full", "--real"):
            mode = word[2:]
        elif word == "--published":
            published = True
        elif option == "--only":
            only = value_of(words, word)
        elif option == "--arms":
            arms = value_of(words, word)
        elif option == "--set":
            chosen_set = value_of(words, word)
        elif option == "--python":
            python = check_python(value_of(words, word))
        elif word == "--check-options":  # bench/run asks before it sets anything up
            check_only = True
        else:
            raise UsageError(
                f"{word!r} is not an option; accepted are "
                "--quick, --full, --real, --published, --set SET, --only NAME,…, --arms ARM,…, --python PATH, --help"
            )
    if mode == "real" and python:
        raise UsageError("--real: its packages are set up for the Pythons built here; it cannot be used with --python")
    if published and python:
        raise UsageError("--published: it compares two Pythons built here; it cannot be used with --python")
    if chosen_set is not None and chosen_set not in SETS:
        raise UsageError(f"--set: there is no {chosen_set!r}; accepted are {', '.join(SETS)}")
    if chosen_set is not None and (mode == "real" or only):
        raise UsageError(f"--set: it cannot be used with {'--real' if mode == 'real' else '--only'}, which says what is run")
    table = arm_table.GIVEN if python else arm_table.PUBLISHED if published else arm_table.TWINS
    of_twins = not python and not published
    of_parts = [arm.name for arm in part_runs.PARTS] if of_twins and mode != "real" else []
    accepted_arms = dict.fromkeys([arm.name for arm in table] + of_parts)
    named = names_from("--arms", arms, list(accepted_arms)) if arms else None
    frozen, second = workload_set.load_all(), workload_set.load_all(workload_set.SECOND_GROUPS)
    if mode == "real":
        every = chosen = workload_set.load_all(workload_set.REAL_GROUPS)
    else:
        every = frozen + second
        chosen = {"frozen": frozen, "second": second, "both": every}[chosen_set or ("both" if mode == "full" else "frozen")]
    accepted = (INSTALL,) if mode == "real" else (OVERHEAD, GROWTH, CHURN, THREADS)
    parts = accepted[:1] if of_twins and not only and mode != "quick" else ()
    if only:
        names = names_from("--only", only, [w.name for w in every] + list(accepted))
        parts = tuple(part for part in accepted if part in names)
        if parts and not of_twins:
            other = "--python" if python else "--published"
            raise UsageError(f"--only: {parts[0]!r} belongs to the twins; it cannot be measured with {other}")
        chosen = [w for w in every if w.name in names]
    return Options(mode, chosen, choose_arms(table, named, mode), named, bool(named), parts, python, published, check_only)
