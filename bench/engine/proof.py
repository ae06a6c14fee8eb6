# SPDX-License-Identifier: MIT
"""Does a worker's own account of itself (`worker.py`) fit its arm? What does not, fails the run: a ratio between two
things that are not what their names say is worse than none.

The same question as `shim/command/compare/proof.c` answers from outside, of any command, by the shim's marker and the mapped
files of whichever processes use the CPU. Here each worker says it of itself, and more: its options, its interpreter. What both
share is the marker (the name of a mapped file, `/memfd:mshim,KEY=VALUE,…`): a key that changes there changes here."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from .arms import SHIM
from .errors import BenchError

# What holds in a process whose arm sets nothing, for what every arm with the shim has to prove.
DEFAULTS = {"allocator": "mimalloc", "stats": "on"}
# Variables whose value the marker shows, by the marker's key.
SHOWN = {"allocator", "stats", "memfuncs", "python"}


class Facts(NamedTuple):
    values: dict  # key → value
    mapped: list  # paths in the process's memory map

    @property
    def libc(self) -> str:
        names = [os.path.basename(path) for path in self.mapped]
        if any(name == "libc.so.6" or re.match(r"libc-2\.\d+\.so$", name) for name in names):
            return "glibc"
        if any(name == "libc.so" or name.startswith(("ld-musl-", "libc.musl-")) for name in names):
            return "musl"
        return "unknown"

    @property
    def marker(self) -> dict:
        """The shim's status marker as a dict; empty where there is none."""
        for path in self.mapped:
            if path.startswith("/memfd:mshim"):
                text = path[len("/memfd:") :].replace(" (deleted)", "")
                return dict(part.partition("=")[::2] for part in text.split(","))
        return {}


def parse(text: str) -> Facts:
    values, mapped = {}, []
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "mapped":
            mapped.append(value)
        else:
            values[key] = value
    return Facts(values, mapped)


def expected_marker(launch) -> dict:
    expected = {"libc": launch.libc, "served": "yes", **DEFAULTS}
    for name, value in launch.environment.items():
        key = name[len("MSHIM_") :].lower()
        if name.startswith("MSHIM_") and key in SHOWN:
            expected[key] = value
    if launch.libc == "glibc":
        expected.pop("memfuncs", None)  # musl's flavour only
    return expected


def faults_of(launch, facts: Facts) -> list:
    """What does not fit; empty when the worker is what its arm says."""
    wrong = []
    if facts.libc != launch.libc:
        wrong.append(f"its libc is {facts.libc}, not {launch.libc}")
    mapped = {os.path.realpath(path) for path in facts.mapped}
    if launch.library and os.path.realpath(launch.library) not in mapped:
        wrong.append(f"{launch.library} is not mapped")
    marker = facts.marker
    if os.path.basename(launch.library) == SHIM:
        if not marker:
            wrong.append("the shim's marker is missing: the shim is not active")
        else:
            wrong += [
                f"the shim says {key}={marker.get(key, '(nothing)')}, not {value}"
                for key, value in expected_marker(launch).items()
                if marker.get(key) != value
            ]
    elif marker or any(os.path.basename(path) == SHIM for path in facts.mapped):
        wrong.append("the shim is loaded, and must not be")
    # Mapped is not served: a library that exports no malloc changes nothing. (Where it is looked up: not in the workers.)
    owner = facts.values.get("malloc", "unknown")
    if launch.library and os.path.basename(launch.library) != SHIM and owner != "unknown":
        if os.path.realpath(owner) != os.path.realpath(launch.library):
            wrong.append(f"malloc is served by {owner}, not by {launch.library}")
    wanted = launch.arm.environment.get("PYTHONMALLOC", "")
    if facts.values.get("pythonmalloc", "") != wanted:
        wrong.append(f"PYTHONMALLOC is {facts.values.get('pythonmalloc')!r}, not {wanted!r}")
    objects = {"": None, "malloc": "other"}.get(wanted, wanted)
    if objects and facts.values.get("objects") != objects:
        wrong.append(f"small objects are served by {facts.values.get('objects')}, not {objects}")
    return wrong


def require(launch, facts: Facts) -> None:
    wrong = faults_of(launch, facts)
    if wrong:
        raise BenchError(f"a worker of arm {launch.arm.name} cannot prove its arm: {'; '.join(wrong)}")
