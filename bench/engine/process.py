# SPDX-License-Identifier: MIT
"""A measured process at the other end of two pipes. It waits in read(), so that it costs nothing while others run."""

from __future__ import annotations

import os
import select
import subprocess
import tempfile
import time

from . import interrupt
from .errors import BenchError

ANSWER_SECONDS = 300  # nothing here takes a tenth of that; a hang must not be waited for for ever


class Process:
    def __init__(self, name: str, command: list, environment: dict):
        self.name = name
        self.errors = tempfile.TemporaryFile()
        # A session of its own: Ctrl-C reaches the engine alone, which then ends its workers one by one.
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )
        self.pending = b""

    def send(self, text: str) -> None:
        try:
            os.write(self.child.stdin.fileno(), text.encode("ascii"))
        except OSError as error:
            raise self.failure(f"takes no requests: {error}") from error

    def line(self) -> str:
        deadline = time.monotonic() + ANSWER_SECONDS
        while b"\n" not in self.pending:
            ready, _, _ = select.select([self.child.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise self.failure(f"did not answer within {ANSWER_SECONDS} s")
            part = os.read(self.child.stdout.fileno(), 65536)
            if not part:
                raise self.failure("ended before its time")
            self.pending += part
        line, _, self.pending = self.pending.partition(b"\n")
        return line.decode("utf-8", "replace")

    def ask(self, text: str) -> str:
        self.send(text)
        return self.line()

    def failure(self, what: str) -> BenchError:
        self.stop(patience=0.5)  # one that crashed gets the time to have a status
        self.errors.seek(0)
        said = self.errors.read().decode("utf-8", "replace").strip()[-2000:]
        return BenchError(f"{self.name} {what} (status {self.child.returncode})" + (f":\n{said}" if said else ""))

    def close(self, patience: float = 0.0) -> None:
        self.stop(patience)
        self.errors.close()

    def stop(self, patience: float) -> None:
        """Waits so long for the process to end by itself, then kills it: nothing is left behind."""
        for pipe in (self.child.stdin, self.child.stdout):
            pipe.close()
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Group:
    """A process of every arm. Use it in `with`: however that ends, none of them is left."""

    def __init__(self):
        self.processes: dict = {}

    def start(self, arm: str, name: str, command: list, environment: dict) -> Process:
        with interrupt.held():
            try:
                self.processes[arm] = Process(name, command, environment)
            except OSError as error:
                raise BenchError(f"cannot start {command[0]}: {error}") from error
        return self.processes[arm]

    def __enter__(self) -> "Group":
        return self

    def __exit__(self, *_) -> None:
        with interrupt.held():
            for process in self.processes.values():
                process.close()
