# SPDX-License-Identifier: MIT
"""`mshim purge`: a running process gives back what its allocator retains, inside one of its own calls."""
import re
import subprocess
import threading
import time
import unittest

import live
from live import harness

SIZES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size_bytes(text):
    return float(text.rstrip("KMG")) * SIZES.get(text[-1], 1)


class Purge(live.Case):
    def start(self, *words):
        process = subprocess.Popen([live.COMMAND, "purge", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**harness.environment(), "MSHIM_DIR": str(self.folder)})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    @harness.each(allocators=("mimalloc", "jemalloc"))
    def test_freed_memory_is_given_back_at_the_next_call(self, libc, variables):
        # What is freed stays until somebody asks: the allocators' own clocks are stopped.
        subject = self.serve(libc, MIMALLOC_DECOMMIT_DELAY="100000", MIMALLOC_PURGE_DELAY="100000",
                            MALLOC_CONF="dirty_decay_ms:-1,muzzy_decay_ms:-1", **variables)
        subject.ask("keep 2000 8000")
        subject.ask("drop")
        before = self.stat(subject.pid)["memory"]["rss_bytes"]
        process = self.start(subject.pid)
        while process.poll() is None:
            subject.ask("keep 1 100")
            time.sleep(0.01)
        said = process.stdout.read().decode()
        self.assertEqual(process.returncode, 0, process.stderr.read())
        after = self.stat(subject.pid)["memory"]["rss_bytes"]
        given_back = re.fullmatch(rf"process {subject.pid} has given back (\S+): resident \S+ before, \S+ after\n", said)
        self.assertTrue(given_back, said)
        self.assertGreater(before - after, 8 << 20)
        self.assertAlmostEqual(size_bytes(given_back[1]), before - after, delta=2 << 20)
        subject.kill()

    @harness.each()
    def test_python_gives_its_objects_back(self, libc, variables):
        work = ("import time; keep = [str(i) for i in range(400000)]; del keep; print('up', flush=True)\n"
                "while True: [str(i) for i in range(100)]; time.sleep(0.005)")
        process = subprocess.Popen([harness.twin(libc), "-S", "-c", work], stdout=subprocess.PIPE,
                                   env=harness.environment(libc, MSHIM_DIR=self.folder))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        before = self.stat(process.pid)["memory"]["rss_bytes"]
        self.mshim("purge", process.pid)
        self.assertGreater(before - self.stat(process.pid)["memory"]["rss_bytes"], 4 << 20)

    def test_a_process_that_ends_meanwhile_is_named(self):
        subject = self.serve()
        timer = threading.Timer(0.3, subject.kill)
        timer.start()
        self.addCleanup(timer.join)
        self.assertRegex(self.mshim("purge", subject.pid, status=1), f"process {subject.pid}: it has ended|{subject.pid}: it no longer runs")

    def test_a_process_that_makes_no_call_is_named_and_gives_back_later(self):
        if not live.LONG:
            raise unittest.SkipTest("it takes ten seconds: tests/run --full")
        subject = self.serve()
        subject.ask("keep 2000 8000")
        subject.ask("drop")
        self.assertIn("it has made no call within 10 s", self.mshim("purge", subject.pid, status=1))

    def test_what_cannot_be_purged_is_named(self):
        dead = self.serve()
        dead.kill()
        self.assertIn("it no longer runs", self.mshim("purge", dead.pid, status=1))
        self.assertIn("there is no such process", self.mshim("purge", 4194304, status=1))
        self.assertIn("no process id", self.mshim("purge", "python3", status=2))
        off = self.serve(MSHIM_STATS="off")
        self.assertIn("MSHIM_STATS=off", self.mshim("purge", off.pid, status=1))
