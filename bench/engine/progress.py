# SPDX-License-Identifier: MIT
"""The progress line on stderr: redrawn on a terminal, a plain line now and then elsewhere (a log, CI)."""

from __future__ import annotations

import sys
import time

PLAIN_SECONDS = 20


def clock(seconds: float) -> str:
    seconds = max(0, round(seconds))
    return f"{seconds // 60}:{seconds % 60:02d}"


class Progress:
    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.started = time.monotonic()
        self.last = -PLAIN_SECONDS
        self.width = 0

    def show(self, text: str, left_seconds: float) -> None:
        now = time.monotonic()
        line = f"[{clock(now - self.started)}] {text}, {clock(left_seconds)} left"
        if self.terminal:
            self.stream.write("\r" + line.ljust(self.width))
            self.width = len(line)
        elif now - self.last >= PLAIN_SECONDS:
            self.last = now
            self.stream.write(line + "\n")
        self.stream.flush()

    def note(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        self.stream.write(text + "\n")
        self.stream.flush()

    def clear(self) -> None:
        if self.terminal and self.width:
            self.stream.write("\r" + " " * self.width + "\r")
            self.stream.flush()
        self.width = 0
