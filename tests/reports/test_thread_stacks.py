# SPDX-License-Identifier: MIT
"""Deep recursion in a thread of a musl Python: a crash without the shim, with it what glibc gives."""
import signal
import unittest

import reporting
from reporting import harness

DEEP = ("import json, sys, threading\n"
        "stack, depth = int(sys.argv[1]), int(sys.argv[2])\n"
        "threading.stack_size(stack)\n"
        "def load():\n"
        "    try:\n"
        "        json.loads('[' * depth + ']' * depth)\n"
        "        print('loaded')\n"
        "    except RecursionError:\n"
        "        print('RecursionError')\n"
        "thread = threading.Thread(target=load)\n"
        "thread.start()\n"
        "thread.join()\n")
# The stack asked for and the nesting that is too deep for it: musl's own default, and what Alpine's Python is built with.
CASES = ((128 << 10, 5000), (1 << 20, 20000))


class ThreadStacks(reporting.Case):
    def load(self, libc, stack_bytes, depth, preload=None, **variables):
        return harness.run([harness.twin(libc), "-S", "-c", DEEP, str(stack_bytes), str(depth)], preload, **variables)

    def test_bare_musl_crashes(self):
        for case in CASES:
            with self.subTest(case=case):
                self.assertEqual(self.load("musl", *case).returncode, -signal.SIGSEGV)

    def test_default_of_a_musl_python_crashes_bare_and_not_with_the_shim(self):
        self.assertEqual(self.load("musl", 0, 20000).returncode, -signal.SIGSEGV)
        self.assert_survived(self.load("musl", 0, 20000, "musl"))

    def test_with_the_shim_it_ends_as_on_glibc(self):
        for stack_bytes, depth in CASES:
            for allocator in harness.ALLOCATORS:
                with self.subTest(stack_bytes=stack_bytes, allocator=allocator):
                    done = self.load("musl", stack_bytes, depth, "musl", MSHIM_ALLOCATOR=allocator)
                    self.assert_survived(done)
                    on_glibc = self.load("glibc", 8 << 20, depth)  # what its threads have by default
                    self.assertEqual(done.stdout, on_glibc.stdout)

    def test_without_the_floor_it_crashes_again(self):
        for case in CASES:
            with self.subTest(case=case):
                self.assertEqual(self.load("musl", *case, "musl", MSHIM_THREAD_STACK="0").returncode, -signal.SIGSEGV)

    def assert_survived(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertIn(done.stdout, (b"loaded\n", b"RecursionError\n"))


if __name__ == "__main__":
    unittest.main()
