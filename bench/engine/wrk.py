# SPDX-License-Identifier: MIT
"""The load generator: wrk asks a service for a while, and says how many answers it got and how long they took."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import NamedTuple

from . import interrupt
from .errors import BenchError

CONNECTIONS = 16
UNIT_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class Load(NamedTuple):
    requests: int
    seconds: float
    p50_seconds: float
    p99_seconds: float

    @property
    def requests_per_second(self) -> float:
        return self.requests / self.seconds


def seconds_of(text: str) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s|m|h)", text).groups()
    return float(number) * UNIT_SECONDS[unit]


def parse(text: str) -> Load:
    """What `wrk --latency` printed. Answers that were errors, or none at all, are no measurement."""

    def found(pattern: str) -> tuple:
        match = re.search(pattern, text, re.MULTILINE)
        if not match:
            raise BenchError(f"wrk's output is not understood (looked for {pattern!r}):\n{text.strip()[-2000:]}")
        return match.groups()

    for pattern in (r"^ *Non-2xx or 3xx responses: \d+", r"^ *Socket errors: .*"):
        if match := re.search(pattern, text, re.MULTILINE):
            raise BenchError(f"the service failed under load; wrk says: {match.group().strip()}")
    requests, spent = found(r"^ *(\d+) requests in ([0-9.]+(?:us|ms|s|m|h)),")
    (p50,) = found(r"^ *50(?:\.0+)?% +([0-9.]+\w+)$")
    (p99,) = found(r"^ *99(?:\.0+)?% +([0-9.]+\w+)$")
    if int(requests) == 0:
        raise BenchError("the service answered no request of wrk's")
    return Load(int(requests), seconds_of(spent), seconds_of(p50), seconds_of(p99))


def write_script(request, path: str) -> None:
    """What wrk is to send, in its own language. JSON's strings are Lua's too, as long as they are plain ASCII."""
    with open(path, "w", encoding="ascii") as file:
        file.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n')
        file.write(f"wrk.body = {json.dumps(request.body)}\n")


def run(script: str, url: str, seconds: int, cpu: int) -> Load:
    """One turn, on a processor of its own where there are two."""
    program = shutil.which("wrk")
    if not program:
        raise BenchError("there is no wrk: run bench/setup/setup --real")
    command = [program, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--latency"]
    with interrupt.held():
        child = subprocess.Popen(
            [*command, "--script", script, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        os.sched_setaffinity(child.pid, {cpu})
    try:
        said, _ = child.communicate(timeout=seconds + 60)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"wrk did not end within {seconds + 60} s") from error
    finally:
        child.kill()
        child.wait()
    if child.returncode:
        raise BenchError(f"wrk failed (status {child.returncode}): {said.strip()[-2000:]}")
    return parse(said)
