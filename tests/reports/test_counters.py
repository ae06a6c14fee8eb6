# SPDX-License-Identifier: MIT
"""Counters against what a known sequence of calls must count."""
import unittest

from reports import support


class Counters(unittest.TestCase):
    def test_known_sequence_is_counted_exactly(self):
        for libc in support.LIBCS:
            for allocator in support.ALLOCATORS:
                with self.subTest(libc=libc, allocator=allocator):
                    done = support.run([support.program(libc, "sequence")], libc, MSHIM_ALLOCATOR=allocator)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    lines = [line.split() for line in done.stdout.decode().splitlines()]
                    self.assertGreater(len(lines), 30)
                    wrong = [line for line in lines if line[1] != line[2]]
                    self.assertEqual(wrong, [], "name, expected, counted")


if __name__ == "__main__":
    unittest.main()
