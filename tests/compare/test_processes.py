# SPDX-License-Identifier: MIT
"""Nothing is left running, whatever ends it."""
import fcntl
import json
import os
import pty
import signal
import subprocess
import termios
import unittest

from support import MSHIM, SECONDS, Case, environment, is_running, work


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
        self.assertEqual(os.listdir(self.folder / "tmp"), [])

    def counting(self):
        """A comparison whose counted run is under way, and its folder of reports."""
        code = 'if test -n "$MSHIM_REPORT"; then echo $$ >>pids; sleep 100 & echo $! >>pids; wait; fi; sleep 0.1'
        process = self.start("-n", "1", "-a", "none,mimalloc", "--", "sh", "-c", code)
        self.wait_until(lambda: len(self.pids()) >= 2, "nothing is counted")
        return process, os.listdir(self.folder / "tmp")

    def test_being_killed_while_it_counts(self):
        process, folders = self.counting()
        self.assertEqual(len(folders), 1)
        process.kill()
        process.communicate(timeout=SECONDS)
        self.assert_all_gone()
        self.wait_until(lambda: not os.listdir(self.folder / "tmp"), "the folder of reports is left")

    def test_being_killed_with_all_that_could_clear_up(self):
        process, folders = self.counting()
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            supervisors = [int(word) for word in file.read().split()]
        for pid in [*supervisors, process.pid]:
            os.kill(pid, signal.SIGSTOP)
        for pid in [*supervisors, process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=SECONDS)
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(os.listdir(self.folder / "tmp"), folders)
        others = [self.folder / "tmp" / name for name in ("mshim-compare-reports-mine", "mshim-compare-tests-abcdef")]
        for other in others:
            other.mkdir()
        held, of_it = self.counting_again()
        self.assertEqual(sorted(of_it), sorted([*(other.name for other in others), *held]))
        for other in others:
            other.rmdir()

    def counting_again(self):
        """Another comparison removes what was left; what is in the temporary folder meanwhile."""
        (self.folder / "pids").unlink()
        process, names = self.counting()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
        left = os.listdir(self.folder / "tmp")
        return [name for name in names if name not in left], names

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
        command = ("sh", "-c", "echo >>n; sleep 0.02")
        process = self.start("-a", "none,none", "-n", "1000", "--precision", "0.01", "-o", "r.json", "--", *command)
        runs = self.folder / "n"
        self.wait_until(lambda: runs.exists() and len(runs.read_text()) > 20, "no turns")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn("interrupted", out)
        result = json.loads((self.folder / "r.json").read_text(encoding="utf-8"))
        self.assertEqual(result["stopped_by"], "signal")
        self.assertEqual(len(result["arms"][0]["runs"]), result["turns"])

    def test_input_is_empty_and_the_terminal_is_out_of_reach(self):
        """A command that reads from the terminal would be stopped for ever, being in the background."""
        main, terminal = pty.openpty()
        code = "[ -z \"$(cat)\" ] && ! (: </dev/tty) 2>/dev/null"
        words = ("-a", "none,none", "-n", "1", "--", "sh", "-c", code)
        try:
            process = self.start(*words, stdin=terminal, preexec_fn=take_terminal)
            _, err = process.communicate(timeout=SECONDS)
            self.assertEqual((process.returncode, err), (0, ""))
        finally:
            os.close(terminal)
            os.close(main)

    def test_closed_streams_are_no_trouble(self):
        code = "cat || exit 8; echo words >&2"
        words = [MSHIM, "compare", "-a", "none,none", "-n", "1", "--", "sh", "-c", code]
        for closed, status in (("<&-", 0), ("2>&-", 0), ("<&- 2>&-", 0), (">&-", 1)):
            with self.subTest(closed=closed):
                shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *words]
                done = subprocess.run(shell, env=environment(), stdout=subprocess.DEVNULL, timeout=SECONDS)
                self.assertEqual(done.returncode, status)

    def test_progress_on_a_terminal_is_wiped_away(self):
        main, terminal = pty.openpty()
        words = [MSHIM, "compare", "-a", "none,none", "-n", "2", "--", "sleep", "0.2"]
        process = subprocess.Popen(words, env=environment(), stderr=terminal, stdout=subprocess.DEVNULL)
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(main, 65536):
                shown += part
        except OSError:  # the end, of a terminal
            pass
        os.close(main)
        self.assertEqual(process.wait(timeout=SECONDS), 0)
        self.assertRegex(shown, rb"turn 2 of at most 2: none.*, about \d:\d\d left")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-80:])


def take_terminal():
    """Makes standard input the terminal of a session of its own."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


if __name__ == "__main__":
    unittest.main()
