# SPDX-License-Identifier: MIT
"""The Python workloads: what is timed, and nothing else.

A module is a group. A workload is one function in it, marked with @workload: the function makes the data and returns
`run`, which is one repetition, timed as a whole, and which checks its own result with `expect`. Imports stand inside the
functions, so that a worker's memory holds what its own workload needs and no more.

The set is frozen: later work mends the library, not the set.
"""

import importlib

# Groups in the order of the table: module, and the name that people read.
GROUPS = (
    ("serialisation", "serialisation"),
    ("containers", "containers"),
    ("strings", "strings and bytes"),
    ("numbers", "numbers"),
    ("objects", "small objects"),
    ("buffers", "large buffers"),
    ("threads", "threads"),
    ("files", "files and I/O buffers"),
    ("parsing", "parsing"),
    ("control", "control (hardly allocates)"),
)

_registered = {}


class Workload:
    def __init__(self, name, module, help_text, make):
        self.name = name
        self.module = module
        self.group = dict(GROUPS)[module]
        self.help = help_text
        self.make = make


def workload(help_text):
    """Registers a function under its own name, in the group of its module."""

    def register(make):
        name = make.__name__
        if name in _registered:
            raise ValueError(f"two workloads are named {name}")
        _registered[name] = Workload(name, make.__module__.rpartition(".")[2], help_text, make)
        return make

    return register


def expect(value, expected):
    """A repetition whose result is wrong ends the run; plain `assert` would vanish under -O."""
    if value != expected:
        raise AssertionError(f"expected {expected!r}, got {value!r}")


def load(module):
    """The workloads of one group."""
    importlib.import_module("workloads." + module)
    return [w for w in _registered.values() if w.module == module]


def load_all():
    return [w for module, _ in GROUPS for w in load(module)]
