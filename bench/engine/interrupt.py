# SPDX-License-Identifier: MIT
"""Ctrl-C (and TERM, HUP) as an exception, except where one would leave a process behind: there it waits its turn."""

from __future__ import annotations

import contextlib
import signal

_held = 0
_pending = 0


def _stop(number, _frame) -> None:
    global _pending
    if _held:
        _pending = number
    else:
        raise KeyboardInterrupt(number)


def install() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


@contextlib.contextmanager
def held():
    """Between a process's start and its being noted down, and while processes are ended, nothing interrupts."""
    global _held, _pending
    _held += 1
    try:
        yield
    finally:
        _held -= 1
        if _pending and not _held:
            number, _pending = _pending, 0
            raise KeyboardInterrupt(number)
