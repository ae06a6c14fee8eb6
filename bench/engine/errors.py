# SPDX-License-Identifier: MIT
"""The two ways a bench ends before its time."""


class BenchError(Exception):
    """Something on this machine is not as it has to be; the message says what and what to do. Status 1."""


class UsageError(Exception):
    """The command line cannot be meant; the message names the option, the value and what is accepted. Status 2."""
