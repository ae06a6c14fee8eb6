# SPDX-License-Identifier: MIT
"""The Python workloads: what is timed, and nothing else.

A module is a group. A workload is one function in it, marked with @workload: the function makes the data and returns
`run`, which is one repetition, timed as a whole, and which checks its own result with `expect`. Imports stand inside the
functions, so that a worker's memory holds what its own workload needs and no more.

The set is frozen: later work mends the library, not the set. `second/` is a set that was held out of the tuning, `real/` one
on packages from the Python index.
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

# The second set, written after the library was tuned on the first: other kinds of work, so that what was won on the first by
# knowing it shows here. Frozen likewise.
SECOND_GROUPS = (
    ("second.text", "text"),
    ("second.bytes", "bytes"),
    ("second.large", "large blocks"),
    ("second.collections", "collections"),
    ("second.documents", "documents"),
    ("second.figures", "figures"),
    ("second.language", "language"),
    ("second.services", "services"),
)

REAL_GROUPS = (
    ("real.arrays", "arrays (numpy)"),
    ("real.dataframes", "data frames (pandas)"),
    ("real.records", "JSON and validation"),
    ("real.markup", "markup (lxml)"),
    ("real.service", "web service"),
    ("real.pyperformance", "pyperformance"),
)

_registered = {}


class Workload:
    def __init__(self, name, module, help_text, make, request=None):
        self.name = name
        self.module = module
        self.group = dict(GROUPS + SECOND_GROUPS + REAL_GROUPS)[module]
        self.set = {"second": "second", "real": "real"}.get(module.partition(".")[0], "frozen")
        self.help = help_text
        self.make = make
        self.request = request  # of a service: what it is asked for, and what it has to answer


def workload(help_text, request=None):
    """Registers a function under its own name, in the group of its module. With a request, what the function returns is not
    `run` but an ASGI application, which a load generator asks (`engine/service.py`)."""

    def register(make):
        name = make.__name__
        if name in _registered:
            raise ValueError(f"two workloads are named {name}")
        _registered[name] = Workload(name, make.__module__.partition(".")[2], help_text, make, request)
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


def load_all(groups=GROUPS):
    return [w for module, _ in groups for w in load(module)]
