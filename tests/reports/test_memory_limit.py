# SPDX-License-Identifier: MIT
"""Under a cgroup's limit of memory: a program that fits without the shim fits with it."""
import contextlib
import json
import os
import pathlib
import unittest

import reporting
from reporting import harness

LIMIT_BYTES = 64 << 20


@contextlib.contextmanager
def limited():
    """A cgroup of our own with a limit, version 1 or 2, where one can be made; what makes a process enter it."""
    root = pathlib.Path("/sys/fs/cgroup")
    first, limit = (root / "memory", "memory.limit_in_bytes") if (root / "memory").is_dir() else (root, "memory.max")
    group = first / f"mshim-test-{os.getpid()}"
    for left in first.glob("mshim-test-*"):  # by a test that was killed
        if not pathlib.Path("/proc", left.name.rpartition("-")[2]).exists():
            with contextlib.suppress(OSError):
                left.rmdir()
    try:
        group.mkdir()
    except OSError as error:
        raise unittest.SkipTest(f"no cgroup can be made: {error}") from error
    try:
        try:
            (group / limit).write_text(str(LIMIT_BYTES))
        except OSError as error:
            raise unittest.SkipTest(f"a cgroup of our own takes no limit of memory: {error}") from error
        yield lambda: (group / "cgroup.procs").write_text("0")
    finally:
        group.rmdir()


class MemoryLimit(reporting.Case):
    def test_bare_musl_fits(self):
        """What the others are compared with. (Bare glibc does not: it retains what it freed.)"""
        with limited() as enter:
            self.assert_ended(harness.run([reporting.program("musl", "large_blocks")], preexec_fn=enter), 9)

    @harness.each(allocators=("mimalloc", "jemalloc", "mallocng"))
    def test_what_was_freed_is_given_back_in_time(self, libc, variables):
        with limited() as enter:
            self.assert_ended(harness.run([reporting.program(libc, "large_blocks")], libc, preexec_fn=enter, **variables), 9)

    @harness.each(allocators=("system",))
    def test_what_an_allocator_outside_asks_of_the_kernel_stays_unknown(self, libc, variables):
        with limited() as enter:
            report = self.folder / "r.json"
            done = harness.run([harness.act_program(libc), "return"], libc, preexec_fn=enter, MSHIM_REPORT=str(report), **variables)
            self.assert_ended(done, 5)
        found = json.loads(report.read_text())
        self.assertNotIn("kernel", found)
        self.assertNotIn("retained_bytes", found["memory"])


if __name__ == "__main__":
    unittest.main()
