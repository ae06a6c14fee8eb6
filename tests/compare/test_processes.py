# SPDX-License-Identifier: MIT
"""Nothing is left running, whatever ends it."""
import os
import pty
import signal
import time
import unittest

from support import SECONDS, Case, is_running, work


class Processes(Case):
    def pids(self):
        path = self.folder / "pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def assert_all_gone(self):
        self.assertGreater(len(self.pids()), 0)
        self.wait_until(lambda: not any(map(is_running, self.pids())), f"still running: {self.pids()}")

    def interrupted(self, number):
        """Sends a signal while a tree of processes runs; how it ended."""
        code = f"echo $$ >>pids; {work()} daemon pids & sleep 100 & echo $! >>pids; wait"
        process = self.start("-a", "none,mimalloc", "--", "sh", "-c", code)
        self.wait_until(lambda: len(self.pids()) >= 3, "the command does not start")
        process.send_signal(number)
        process.communicate(timeout=SECONDS)
        self.assert_all_gone()
        return process.returncode

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number):
                self.assertEqual(self.interrupted(number), -number)
                self.assertEqual(os.listdir(self.folder / "tmp"), [])

    def test_being_killed(self):
        self.assertEqual(self.interrupted(signal.SIGKILL), -signal.SIGKILL)

    def test_the_measuring_process_being_killed(self):
        code = f"echo $$ >>pids; {work()} daemon pids & sleep 100 & echo $! >>pids; wait"
        process = self.start("-a", "none,mimalloc", "--", "sh", "-c", code)
        self.wait_until(lambda: len(self.pids()) >= 3, "the command does not start")
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            os.kill(int(file.read().split()[0]), signal.SIGKILL)
        _, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, 1)
        self.assertIn("the process that measures was killed", err)
        self.assert_all_gone()

    def test_daemons_that_a_command_leaves(self):
        self.compare("-n", "1", "-a", "none,none", "--", work(), "daemon", "pids")
        self.assert_all_gone()

    def test_complete_turns_are_told_when_interrupted(self):
        process = self.start("-a", "none,none", "-n", "1000", "--precision", "0.01", "-o", "r.json", "--", "sh", "-c", "echo >>n; sleep 0.02")
        self.wait_until(lambda: (self.folder / "n").exists() and len((self.folder / "n").read_text()) > 20, "no turns")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn("interrupted", out)
        self.assertTrue((self.folder / "r.json").exists())

    def test_input_is_empty_and_the_terminal_is_left_alone(self):
        """On a terminal, with Ctrl-C: the command does not get at it, and what shows progress is wiped away."""
        master, slave = pty.openpty()
        process = self.start("-a", "none,none", "--", "sh", "-c", "cat; (: </dev/tty) 2>/dev/null && exit 9; sleep 0.05", stdin=slave, preexec_fn=os.setsid)
        os.close(slave)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
        os.close(master)
        self.assertEqual(process.returncode, -signal.SIGINT)


if __name__ == "__main__":
    unittest.main()
