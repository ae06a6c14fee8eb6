# SPDX-License-Identifier: MIT
"""How long pip takes to install pandas and matplotlib on each libc, and how large that is: what the article measured. Timed is
pip, run by the interpreter that is measured, from the folder of wheels that set-up has fetched: unpacking and compiling, no
network. What fetching took is reported beside it, for all wheels of --real, as it went at set-up.
"""

from __future__ import annotations

import glob
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time

from . import interrupt, intervals
from .errors import BenchError
from .places import Places

PACKAGES = ("pandas", "matplotlib")
ARMS = ("glibc", "musl", "musl+mshim")  # those that were chosen, and the reference
TURNS = 2
SECONDS = 30  # a guess at one installation, for the time left
LIMIT_SECONDS = 600


def run(command: list, environment: dict, name: str) -> tuple:
    """(wall seconds, CPU seconds) of a process that has to succeed."""
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        with interrupt.held():
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        try:
            while (ended := os.wait4(child.pid, os.WNOHANG))[0] == 0:
                if time.monotonic() - began > LIMIT_SECONDS:
                    raise BenchError(f"{name} did not end within {LIMIT_SECONDS} s")
                time.sleep(0.01)
            seconds = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(ended[1])
        finally:
            if child.returncode is None:
                child.kill()
                child.wait()
        if child.returncode:
            said.seek(0)
            raise BenchError(f"{name} failed (status {child.returncode}): {said.read().decode(errors='replace')[-2000:]}")
    return seconds, ended[2].ru_utime + ended[2].ru_stime


def bytes_in(folder: str) -> int:
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(folder) for name in names)


def wheels_of(target: str, wheels: str) -> list:
    """The wheels that were installed there: both say NAME-VERSION."""
    installed = [os.path.basename(path)[: -len(".dist-info")] for path in glob.glob(os.path.join(target, "*.dist-info"))]
    return [path for path in glob.glob(os.path.join(wheels, "*.whl")) if any(is_of(path, each) for each in installed)]


def is_of(wheel: str, name_version: str) -> bool:
    return os.path.basename(wheel).lower().startswith(name_version.lower() + "-")


def once(launch, wheels: str, target: str) -> tuple:
    """(wall seconds, CPU seconds); what was installed can be imported."""
    name = f"pip install in arm {launch.arm.name}"
    pip = os.path.join(glob.glob(os.path.join(wheels, "pip-*.whl"))[0], "pip")
    command = [launch.program, "-I", pip, "install", "--isolated", "--no-input", "--no-cache-dir", "--no-index"]
    times = run([*command, "--find-links", wheels, "--target", target, *PACKAGES], dict(launch.environment), name)
    imported = {**launch.environment, "PYTHONPATH": target}
    run([launch.program, "-S", "-B", "-c", "import " + ", ".join(PACKAGES)], imported, f"the import after {name}")
    return times


def fetched(wheels: str) -> dict:
    found = {"wheels_bytes": sum(map(os.path.getsize, glob.glob(os.path.join(wheels, "*.whl"))))}
    try:
        with open(os.path.join(wheels, "download-milliseconds"), encoding="ascii") as file:
            found["seconds"] = int(file.read()) / 1000
    except (OSError, ValueError):
        pass  # put there by hand: then nobody knows
    return found


def measure(launches: list, places: Places, rng: random.Random, progress) -> dict:
    """Takes turns, as everything does. `launches`: the reference first."""
    launches = [launch for launch in launches if launch.arm.name in ARMS]
    times: dict = {launch.arm.name: [] for launch in launches}
    found: dict = {"packages": list(PACKAGES), "turns": TURNS, "installed_bytes": {}, "wheels_bytes": {}, "fetching": {}}
    done = 0
    for turn in range(TURNS):
        for launch in rng.sample(launches, len(launches)):
            progress.show(f"installing, turn {turn + 1} of {TURNS}", (TURNS * len(launches) - done) * SECONDS)
            wheels = places.wheels(launch.libc)
            target = tempfile.mkdtemp(prefix="mshim-install-")
            try:
                times[launch.arm.name].append(once(launch, wheels, target))
                found["installed_bytes"][launch.libc] = bytes_in(target)
                found["wheels_bytes"][launch.libc] = sum(map(os.path.getsize, wheels_of(target, wheels)))
            finally:
                with interrupt.held():
                    shutil.rmtree(target, ignore_errors=True)
            done += 1
    found["fetching"] = {launch.libc: fetched(places.wheels(launch.libc)) for launch in launches}
    found["seconds"] = {arm: statistics.median(wall for wall, _ in each) for arm, each in times.items()}
    found["cpu_seconds"] = {arm: statistics.median(cpu for _, cpu in each) for arm, each in times.items()}
    walls = {arm: [[wall] for wall, _ in each] for arm, each in times.items()}
    reference = launches[0].arm.name
    found["ratio"] = {
        arm: intervals.of_ratios(intervals.paired_logs(each, walls[reference]), rng).as_dict()
        for arm, each in walls.items()
        if arm != reference
    }
    found["raw_seconds"] = times
    return found


def render(found: dict) -> str:
    lines = [f"pip install {' '.join(found['packages'])}, from wheels in a folder (no network):", ""]
    for arm, seconds in found["seconds"].items():
        ratio = found["ratio"].get(arm)
        said = f"  {ratio['median']:.2f} of {next(iter(found['seconds']))}" if ratio else ""
        lines.append(f"  {arm:<22}{seconds:>7.1f} s, CPU {found['cpu_seconds'][arm]:.1f} s{said}")
    for libc, size in found["installed_bytes"].items():
        fetching = found["fetching"][libc]
        line = f"  {libc}: {found['wheels_bytes'][libc] / 1e6:.0f} MB of wheels, {size / 1e6:.0f} MB installed"
        if "seconds" in fetching:
            line += f"; fetching all {fetching['wheels_bytes'] / 1e6:.0f} MB of --real took {fetching['seconds']:.0f} s"
        lines.append(line)
    return "\n".join(lines)
