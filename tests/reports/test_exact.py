# SPDX-License-Identifier: MIT
"""Counters against known sequences of calls (programs/exact.c, programs/threads.c), read inside the process."""
import unittest

import reporting
from reporting import harness


class Exact(reporting.Case):
    def check(self, program, sequence, at_least):
        for libc in harness.LIBCS:
            for allocator in harness.ALLOCATORS:
                with self.subTest(libc=libc, allocator=allocator):
                    done = harness.run([reporting.program(libc, program), sequence], libc, MSHIM_ALLOCATOR=allocator)
                    self.assert_ended(done, 0)
                    lines, wrong = reporting.differences(done.stdout)
                    self.assertEqual(wrong, [], "name, expected, counted")
                    self.assertGreaterEqual(lines, at_least)

    def test_numbers_worked_out_by_hand(self):
        self.check("exact", "by_hand", 14)

    def test_whole_family(self):
        self.check("exact", "family", 60)

    def test_realloc(self):
        self.check("exact", "reallocs", 100)

    def test_sizes(self):
        self.check("exact", "sizes", 400)

    def test_peak_of_one_thread(self):
        self.check("exact", "peak", 5)

    def test_pvalloc_counts_what_was_asked_for(self):
        self.check("exact", "pvalloc", 45)

    def test_totals_of_joined_threads_and_their_destructors(self):
        self.check("threads", "totals", 20)

    def test_threads_started_and_ended(self):
        self.check("threads", "counts", 7)

    def test_threads_of_c11(self):
        self.check("threads", "c11", 2)

    def test_peak_of_eight_threads(self):
        self.check("threads", "peak", 7)

    def test_peak_where_one_thread_frees_what_another_allocates(self):
        self.check("threads", "handed_over", 3)

    def test_forked_children(self):
        self.check("threads", "forks", 1000)


if __name__ == "__main__":
    unittest.main()
