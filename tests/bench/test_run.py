# SPDX-License-Identifier: MIT
"""The engine as a whole, with the interpreter that runs the tests: turns, results, Ctrl-C, a worker that dies."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import support
import workloads
from engine import arms, driver, schedule
from engine.errors import BenchError
from engine.places import Places
from engine.progress import Progress

SMALL = schedule.Settings(budget_seconds=5, starts=2, min_starts=2, first_turns=2, max_turns=2)


def launches(folder="/tmp"):
    places = Places(sys.executable)
    return [arms.resolve(arm, places, folder) for arm in arms.GIVEN[:2]]


def workers_of(marker):
    """Process ids of workers that have this word in their environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if marker.encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


class Quiet:
    def write(self, _):
        pass

    def flush(self):
        pass

    def isatty(self):
        return False


class Run(unittest.TestCase):
    def test_measures_in_turns(self):
        chosen = [w for w in workloads.load_all() if w.name in ("sha256_buffer", "join_short_strings")]
        samples = driver.run(chosen, launches(), SMALL, random.Random(1), Progress(Quiet()))
        for workload in chosen:
            starts = samples.starts[workload.name]
            self.assertEqual(len(starts), 2)
            for start in starts:
                self.assertEqual([len(start.repetitions[arm]) for arm in ("bare", "bare-again")], [2, 2])
                self.assertTrue(all(rep.ns > 0 and rep.cpu_us > 0 for reps in start.repetitions.values() for rep in reps))
                self.assertTrue(all(peak > 1 << 20 for peak in start.peak_rss.values()))

    def test_a_worker_that_fails_is_named_with_its_error(self):
        broken = workloads.Workload("no_such_workload", "control", "", None)
        with self.assertRaises(BenchError) as caught:
            driver.one_start(broken, launches(), 1, random.Random(1))
        self.assertIn("no_such_workload", str(caught.exception))
        self.assertIn("IndexError", str(caught.exception))

    def test_environment_is_clean(self):
        environment = launches()[0].environment
        self.assertEqual([name for name in environment if name.startswith(("MSHIM_", "MALLOC_", "LD_"))], [])
        self.assertEqual(environment["PYTHONHASHSEED"], "0")

    def test_interrupt_leaves_no_worker(self):
        marker = f"mshim-test-{os.getpid()}"
        folder = os.path.join("/tmp", marker)
        os.makedirs(folder, exist_ok=True)
        environment = {**os.environ, "TMPDIR": folder}
        command = [
            sys.executable, "-E", "-B", os.path.join(support.BENCH, "engine", "__main__.py"),
            "--python", sys.executable, "--arms", "bare-again",
        ]  # fmt: skip
        child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
        try:
            deadline = time.monotonic() + 30
            while len(workers_of(marker)) < 3 and time.monotonic() < deadline:  # the engine and two workers
                time.sleep(0.02)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=20)
        finally:
            child.kill()
        self.assertEqual(child.returncode, 128 + signal.SIGINT)
        self.assertIn("nothing was written", said)
        time.sleep(0.1)
        self.assertEqual(workers_of(marker), [])
        self.assertEqual(os.listdir(folder), [])
        os.rmdir(folder)


class Command(unittest.TestCase):
    def run_shell(self, shell, *arguments):
        command = [*shell, os.path.join(support.BENCH, "run"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def test_help_and_errors_in_every_shell_at_hand(self):
        for shell in (["sh"], ["bash"], ["busybox", "sh"]):
            try:
                done = self.run_shell(shell, "--help")
            except FileNotFoundError:
                continue
            self.assertEqual(done.returncode, 0, shell)
            for option in ("--quick", "--full", "--real", "--only", "--arms", "--python", "--help"):
                self.assertIn(option, done.stdout)
            done = self.run_shell(shell, "--arms", "nope")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("'nope'", done.stderr)


if __name__ == "__main__":
    unittest.main()
