# SPDX-License-Identifier: MIT
"""Programs that report, and the folder that they report to."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import harness  # noqa: E402


def program(libc, name):
    return harness.program(libc, HERE / f"programs/{name}.c")


def differences(output):
    """Lines "name expected counted" of a program that compares: how many, and those that differ."""
    lines = [line.split() for line in output.decode().splitlines()]
    return len(lines), [" ".join(line) for line in lines if len(line) != 3 or line[1] != line[2]]


class Case(harness.Case):
    """Reads what programs have reported."""

    def reports(self):
        """All JSON reports of the folder, by process id; no other file is there."""
        found = {}
        for name in self.names():
            self.assertRegex(name, r"\.json$")
            report = self.json(name)
            found[report["process"]["pid"]] = report
        return found
