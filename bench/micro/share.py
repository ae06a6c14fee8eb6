#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the shim's estimates of the time in allocation calls and in memory functions with what perf sees in the same run.

    bench/micro/share.py [--libc LIBC] [--seconds SECONDS] [--runs RUNS] [NAME…]

NAME is small, large, threads (share.c) or python-objects, python-json, python-buffers (bench/workloads); all of them by
default, on both libcs. perf samples the clock (cpu-clock) 997 times a second; a sample belongs to the allocator when the
innermost frame of the program is in libmshim.so and not in a memory function, or in mmap, munmap, mremap, madvise or
clock_gettime, which these programs hardly call themselves. What the kernel does meanwhile is counted with it. Page faults where the
program touches memory first belong to the program here, as in the estimate. Memory functions are the shim's on musl only.

perf must be allowed to look: as root, or with kernel.perf_event_paranoid at 1 or below.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
C_PROGRAMS = ("small", "large", "threads")
PYTHON_PROGRAMS = {
    "python-objects": ("objects", "objects_made_and_dropped"),
    "python-json": ("serialisation", "json_dumps_ints"),
    "python-buffers": ("buffers", "slice_4mb_bytes"),
}
PYTHON_LOOP = """
import sys, time
sys.path.insert(0, sys.argv[1])
import workloads
run = next(w for w in workloads.load(sys.argv[2]) if w.name == sys.argv[3]).make()
end = time.monotonic() + float(sys.argv[4])
while time.monotonic() < end:
    run()
"""
LIBC_WRAPPERS = {f"{prefix}{name}" for name in ("mmap", "mmap64", "munmap", "mremap", "madvise", "clock_gettime") for prefix in ("", "__")}
LIBC_WRAPPERS.add("__vdso_clock_gettime")
SAMPLES_A_SECOND = 997


def memory_functions():
    text = (TOP / "include/mshim/memory_functions.def").read_text()
    names = re.findall(r"^MSHIM_MEMORY_(?:FUNCTION|COPY)\((\w+),", text, re.M)
    return re.compile(rf"(watched_)?({'|'.join(names)})(_of_\w+)?")


def command(name, libc, seconds):
    if name in C_PROGRAMS:
        return [TOP / f"build/{libc}/bench/share", name, str(seconds)]
    module, workload = PYTHON_PROGRAMS[name]
    return [TOP / f"build/python-{libc}/bin/python3", "-I", "-c", PYTHON_LOOP, TOP / "bench", module, workload, str(seconds)]


def innermost_of_program(frames):
    """Function and file of the first frame that is not the kernel's."""
    for line in frames:
        match = re.match(r"\s*([0-9a-f]+) (.*) \((.*)\)$", line)
        if match and not int(match[1], 16) >> 63 and not match[3].startswith("[kernel"):
            return match[2], match[3]
    return None, ""


def shares_by_perf(data, memory):
    """Parts of the samples that are the allocator's and the memory functions'."""
    script = ["perf", "script", "-i", data, "-F", "ip,sym,dso"]
    text = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    samples = [block.split("\n") for block in text.strip().split("\n\n") if block.strip()]
    if not samples:
        sys.exit("share.py: perf took no samples")
    of_allocator = of_memory = 0
    for frames in samples:
        function, file = innermost_of_program(frames)
        ours = "libmshim" in file
        of_memory += ours and bool(memory.fullmatch(function))
        of_allocator += function.partition("@")[0] in LIBC_WRAPPERS or (ours and not memory.fullmatch(function))
    return of_allocator / len(samples), of_memory / len(samples)


def measure(name, libc, seconds, folder):
    """By kind of calls: what perf says, the estimate and its error."""
    data, report = folder / "perf.data", folder / "report.json"
    report.unlink(missing_ok=True)
    variables = {"LD_PRELOAD": TOP / f"build/{libc}/lib/libmshim.so", "MSHIM_REPORT": report, "MSHIM_DIR": folder}
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(SAMPLES_A_SECOND), "-g", "-o", data, "env"]
    record += [f"{key}={value}" for key, value in variables.items()] + command(name, libc, seconds)
    subprocess.run(record, check=True, stdout=subprocess.DEVNULL)
    time = json.loads(report.read_text())["time"]
    by_perf = dict(zip(("allocation", "memory"), shares_by_perf(data, memory_functions())))
    return {
        kind: (part, time[f"{kind}_share"], time[f"{kind}_share_error"])
        for kind, part in by_perf.items()
        if f"{kind}_share" in time
    }


def show(name, libc, kind, runs):
    perf, estimate, error = (100 * statistics.median(run[i] for run in runs) for i in range(3))
    difference = 100 * statistics.median(run[1] - run[0] for run in runs)
    print(f"{name:15} {libc:6} {kind:11} {perf:6.1f} {estimate:11.1f} {error:5.1f} {difference:+11.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*C_PROGRAMS, *PYTHON_PROGRAMS]
    parser.add_argument("name", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--libc", choices=("glibc", "musl"), help="only this one")
    parser.add_argument("--seconds", type=float, default=10, help="of each run (10)")
    parser.add_argument("--runs", type=int, default=3, help="of each program (3)")
    options = parser.parse_args()
    unknown = set(options.name) - set(names)
    if unknown:
        parser.error(f"no program is named {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if not shutil.which("perf"):
        sys.exit("share.py: there is no perf; Debian has it as linux-perf")
    print("program         libc   calls       perf %  estimate %  +- %  difference (points), medians of", options.runs, "runs")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.name or names:
            for libc in [options.libc] if options.libc else ["glibc", "musl"]:
                runs = [measure(name, libc, options.seconds, pathlib.Path(folder)) for _ in range(options.runs)]
                for kind in runs[0]:
                    show(name, libc, kind, [run[kind] for run in runs if kind in run])


if __name__ == "__main__":
    os.environ.pop("LD_PRELOAD", None)
    main()
