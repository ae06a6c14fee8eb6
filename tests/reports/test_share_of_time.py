# SPDX-License-Identifier: MIT
"""The part of the time that calls are said to take, of programs where it is known."""
import unittest

import reporting
from reporting import harness
import test_beside

SECONDS = 3
# 95 % of all runs are within half of it: a third of the ticks of three seconds.
NEAR = 0.09


class ShareOfTime(reporting.Case):
    build = test_beside.Beside.build
    library = test_beside.Beside.library

    def share(self, libc, what, preload, **variables):
        program = self.build(libc, "share", "share.c")
        done = harness.run([program, what, str(SECONDS)], LD_PRELOAD=preload, MSHIM_REPORT=f"{self.folder}/r.json", **variables)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.printed = float(done.stdout)
        return self.json()["time"]

    def assert_near(self, share, expected):
        self.assertLess(abs(share - expected), NEAR, f"{share}, not {expected}")

    @harness.each()
    def test_of_an_allocator_that_takes_a_third(self, libc, variables):
        preload = f"{harness.library(libc)}:{self.library(libc, 'share_library')}"
        time = self.share(libc, "blocks", preload, MSHIM_ALLOCATOR="system")
        self.assert_near(time["allocation_share"], 1 / 3)
        self.assertLess(time["allocation_share_error"], NEAR)
        self.assertTrue(800 <= time["malloc"]["p50_ns"] <= 1500, time)

    def test_of_memory_functions(self):
        time = self.share("musl", "copies", harness.library("musl"))
        self.assert_near(time["memory_share"], self.printed)
        self.assertGreater(time["memcpy"]["samples"], 0)
        self.assertGreater(time["memcpy"]["p50_ns"], 100)

    def test_memory_functions_of_libc_are_not_watched(self):
        for libc, variables in (("musl", {"MSHIM_MEMFUNCS": "off"}), ("glibc", {})):
            with self.subTest(libc=libc):
                time = self.share(libc, "copies", harness.library(libc), **variables)
                self.assertIn("allocation_share", time)
                self.assertFalse({"memory_share", "memcpy"} & set(time), time)


if __name__ == "__main__":
    unittest.main()
