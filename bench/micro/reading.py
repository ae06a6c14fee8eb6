#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long does it take to read the counters of many live processes?

    bench/micro/reading.py [PROCESSES]        1,000 unless another number is named

Starts so many sleeping processes of the musl flavour, and times `mshim stat --all` in each format, with its start and its end,
writing to /dev/null. Needs what bench/setup/setup builds.
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
COMMAND, LIBRARY, SLEEPER = BUILD / "bin/mshim", BUILD / "musl/lib/libmshim.so", BUILD / "musl/bench/sleeper"
READINGS = 20


def start(count, folder):
    """The processes, all of which have said that they are up. Their input is one pipe, whose end ends them."""
    gate, keep_open = os.pipe()
    said, saying = os.pipe()
    environment = {"LD_PRELOAD": str(LIBRARY), "MSHIM_DIR": folder}
    processes = [subprocess.Popen([SLEEPER], stdin=gate, stdout=saying, env=environment) for _ in range(count)]
    os.close(gate)
    os.close(saying)
    up = 0
    while up < count:
        part = os.read(said, 4096)
        if not part:
            sys.exit("reading.py: a process ended before its time")
        up += len(part)
    os.close(said)
    return processes, keep_open


def milliseconds(words, folder):
    """(from start to end, processor time)"""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([COMMAND, "stat", "--all", *words], env={"MSHIM_DIR": folder}, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for path in (COMMAND, LIBRARY, SLEEPER):
        if not path.exists():
            sys.exit(f"reading.py: there is no {path}: run bench/setup/setup")
    with tempfile.TemporaryDirectory(prefix="mshim-reading-", dir="/dev/shm") as folder:
        processes, keep_open = start(count, folder)
        try:
            rows = subprocess.run([COMMAND, "stat", "--all"], env={"MSHIM_DIR": folder}, stdout=subprocess.PIPE, check=True).stdout.count(b"sleeper")
            if rows != count:
                sys.exit(f"reading.py: {rows} of {count} processes are seen")
            print(f"`mshim stat --all` of {count} processes, milliseconds, median of {READINGS} (least to most):")
            for words in ([], ["-f", "json"], ["-f", "prom"]):
                wall, cpu = map(sorted, zip(*(milliseconds(words, folder) for _ in range(READINGS))))
                print(
                    f"  {' '.join(words) or '-f text':<10}{statistics.median(wall):6.1f} ({wall[0]:.1f} to {wall[-1]:.1f}), "
                    f"processor time {statistics.median(cpu):.1f} ({cpu[0]:.1f} to {cpu[-1]:.1f})"
                )
        finally:
            os.close(keep_open)
            for process in processes:
                process.wait()


if __name__ == "__main__":
    main()
