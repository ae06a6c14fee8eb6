# SPDX-License-Identifier: MIT
"""Processes killed at random moments: what is left is a whole stats file, off by at most the call that each thread was in."""
import subprocess
import unittest

import live
from live import harness

COUNT = 1000 if live.LONG else 60


class Kills(live.Case):
    def kill(self, libc, threads, rounds=0, count=COUNT, **variables):
        """How many stats files were read, and how many threads compared."""
        done = subprocess.run([live.program("glibc", "killer"), self.folder, live.program(libc, "victim"), harness.library(libc),
                               str(count), str(threads), str(rounds)], env=harness.environment(**variables), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return [int(number) for number in done.stdout.split()]

    @harness.each()
    def test_one_thread(self, libc, variables):
        stats_files, threads = self.kill(libc, 1)
        self.assertGreater(stats_files, COUNT // 4)
        self.assertGreater(threads, COUNT // 8)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_every_allocator(self, libc, variables):
        self.assertGreater(self.kill(libc, 2, count=COUNT // 10, **variables)[0], 0)

    @harness.each()
    def test_more_threads_than_the_stats_file_has_records_of_its_own(self, libc, variables):
        stats_files, threads = self.kill(libc, 9)
        self.assertGreater(stats_files, COUNT // 4)
        self.assertGreater(threads, COUNT)

    @harness.each()
    def test_processes_that_may_end_before(self, libc, variables):
        self.kill(libc, 1, rounds=20000)


if __name__ == "__main__":
    unittest.main()
