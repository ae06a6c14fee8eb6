#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What does it cost to be counted? The same work under mshim, memusage and heaptrack.

    bench/micro/tools.py [TURNS]              5 unless another number is named

The work is Python's, on the glibc twin, with every object sent through malloc (PYTHONMALLOC=malloc), so that all of them see the
same calls. In each turn every arm runs once, from start to end, in random order; ratios are taken within the turn. A tool that is
not installed is left out (Debian: libc-devtools, heaptrack). Needs what bench/setup/setup builds.
"""

import glob
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

BENCH = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BENCH))
from engine import intervals  # noqa: E402

BUILD = BENCH.parent / "build"
PYTHON, LIBRARY = BUILD / "python-glibc/bin/python3", BUILD / "glibc/lib/libmshim.so"
WORK = """
import json
class Point:
    def __init__(self, x, y):
        self.x, self.y, self.label = x, y, (x, y)
for _ in range(12):
    points = [Point(i, str(i)) for i in range(20000)]
    text = json.dumps([(p.x, p.y) for p in points])
    assert len(json.loads(text)) == 20000
"""


def library(*patterns):
    """The first file that is there; empty where none is."""
    return next((path for pattern in patterns for path in sorted(glob.glob(pattern))), "")


def arms(folder):
    """name → (what is preloaded, further variables); a library that is not there is empty."""
    heaptrack = {"DUMP_HEAPTRACK_OUTPUT": f"{folder}/heaptrack.raw"}
    return {
        "bare": (None, {}),
        "bare again (A/A)": (None, {}),
        "mshim, glibc's malloc, counters off": (LIBRARY, {"MSHIM_ALLOCATOR": "system", "MSHIM_STATS": "off"}),
        "mshim, glibc's malloc, counters on": (LIBRARY, {"MSHIM_ALLOCATOR": "system"}),
        "mshim as it is": (LIBRARY, {}),
        "memusage": (library("/usr/lib/*/libmemusage.so", "/usr/lib/libmemusage.so"), {}),
        "heaptrack": (library("/usr/lib/heaptrack/libheaptrack_preload.so", "/usr/lib/*/heaptrack/libheaptrack_preload.so"), heaptrack),
    }


def seconds(preload, variables, folder):
    environment = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc", "MSHIM_DIR": folder, **variables}
    if preload:
        environment["LD_PRELOAD"] = str(preload)
    began = time.perf_counter()
    # What memusage prints goes nowhere; who fails is named.
    done = subprocess.run([PYTHON, "-S", "-c", WORK], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    spent = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"tools.py: the work ended with status {done.returncode} under {preload}: {done.stderr.decode()[-500:]}")
    return spent


def measure(chosen, turns, folder):
    """Seconds by arm and turn; one turn more is made, which fills caches."""
    found = {name: [] for name in chosen}
    for turn in range(turns + 1):
        for name in random.sample(list(chosen), len(chosen)):
            spent = seconds(*chosen[name], folder)
            if turn > 0:
                found[name].append(spent)
    return found


def main():
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for path in (PYTHON, LIBRARY):
        if not path.exists():
            sys.exit(f"tools.py: there is no {path}: run bench/setup/setup")
    with tempfile.TemporaryDirectory(prefix="mshim-tools-") as folder:
        everything = arms(folder)
        chosen = {name: arm for name, arm in everything.items() if arm[0] != ""}
        for name in everything.keys() - chosen.keys():
            print(f"{name} is left out: it is not installed")
        found = measure(chosen, turns, folder)
    print(f"time over that of the same Python by itself, median of {turns} turns (95 % interval):")
    for name in list(chosen)[1:]:
        logs = [[math.log(mine / bare)] for mine, bare in zip(found[name], found["bare"])]
        ratio = intervals.of_ratios(logs, random.Random(1))
        print(f"  {name:<38}{ratio.median:5.2f} ({ratio.low:.2f} to {ratio.high:.2f})")


if __name__ == "__main__":
    main()
