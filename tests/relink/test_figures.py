# SPDX-License-Identifier: MIT
"""What relinking libpython costs: time and memory while it is done, then the size of the file and the memory of a process."""
import shutil
import sys
import unittest

import support
import twins
from support import MSHIM
from twins import each_twin

MOST_SECONDS, MOST_MIB, MOST_GROWTH = 2.0, 200, 1.01
TURNS = 5
PROGRAM = ("import json, re, decimal, asyncio\n"
           "json.dumps({str(i): [i] for i in range(1000)}); re.compile('a+b').match('aab')\n"
           "print(next(line.split()[1] for line in open('/proc/self/smaps_rollup') if line.startswith('Pss:')),"
           " next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmRSS:')))")
MEASURE = ("import resource, subprocess, sys\n"
           "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode\n"
           "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
           "print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)")


def usage(*command):
    """Status, seconds of the processor, KiB at the peak. Asked in a small process: that of the tests would count as well."""
    done = support.run(sys.executable, "-S", "-c", MEASURE, *command)
    status, seconds, kib = done.stdout.split()
    return int(status), float(seconds), int(kib)


def resident_kib(interpreter):
    """The least of some runs: what is in the page cache makes the others larger."""
    turns = []
    for _ in range(TURNS):
        done = support.run(interpreter, "-S", "-c", PROGRAM, PYTHONHASHSEED=0)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        turns.append(int(done.stdout.split()[1]))
    return min(turns)


class Figures(unittest.TestCase):
    @each_twin
    def test_relinking(self, libc, plain, _):
        library = twins.library(plain)
        copy = support.folder() / library.name
        seconds = []
        for _ in range(3):  # the machine may be busy: what counts is the time of the processor
            shutil.copyfile(library, copy)
            status, turn, kib = usage(MSHIM, "relink", copy)
            self.assertEqual(status, 0)
            seconds.append(turn)
        growth = copy.stat().st_size / library.stat().st_size
        print(f"{libc}: {min(seconds):.2f} s, {kib / 1024:.0f} MiB, file {growth:.4f}")
        self.assertLess(min(seconds), MOST_SECONDS)
        self.assertLess(kib, MOST_MIB * 1024)
        self.assertLessEqual(growth, MOST_GROWTH)

    @each_twin
    def test_memory_of_a_process(self, libc, plain, relinked):
        before, after = resident_kib(plain), resident_kib(relinked)
        print(f"{libc}: resident {before} KiB, relinked {after} KiB: {after / before:.4f}")
        self.assertLessEqual(after, before * MOST_GROWTH)


if __name__ == "__main__":
    unittest.main()
