# SPDX-License-Identifier: MIT
"""`mshim top`, on a terminal and not."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import live
from live import harness


class Screen:
    """The command on a terminal of its own, and what the terminal shows of the last frame."""

    def __init__(self, folder, *words, rows=24, columns=80):
        self.terminal, inner = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(inner)
        self.process = subprocess.Popen([live.COMMAND, "top", *words], env={**harness.environment(), "MSHIM_DIR": str(folder), "TERM": "xterm"},
                                        stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.inner = inner
        self.text = ""

    def resize(self, rows, columns):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until, seconds=20):
        """Reads on until the text since the last time has it; returns that text."""
        deadline, text = time.monotonic() + seconds, ""
        while not re.search(until, text):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {until!r} in {text!r}")
            text += os.read(self.terminal, 65536).decode()
        return text

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def frame(self):
        """The next whole frame, as lines."""
        whole = "\033\\[H((?:\033\\[K[^\033]*)*\033\\[J[^\033]*)\033\\[H"
        text = self.read(whole).replace("\r", "")
        return re.findall(whole, text)[-1].replace("\033[K", "").replace("\033[J", "").split("\n")

    def attributes(self):
        return termios.tcgetattr(self.inner)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)
        os.close(self.inner)


class Terminal(live.Case):
    def top(self, *words, **size):
        screen = Screen(self.folder, *words, **size)
        self.addCleanup(screen.close)
        return screen

    def assert_given_back(self, screen, status):
        screen.read("\033\\[\\?25h\033\\[\\?1049l")
        self.assertEqual(screen.process.wait(harness.SECONDS), status)
        self.assertEqual(screen.attributes(), screen.before)

    def test_eighty_columns_hold_a_row_for_each_process_and_its_program(self):
        many = [self.serve() for _ in range(3)]
        lines = self.top().frame()
        self.assertEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertTrue(lines[1].endswith("PROGRAM"))
        for subject in many:
            self.assertEqual(sum(bool(re.match(rf" *{subject.pid} running .*serve-musl", line)) for line in lines), 1)

    def test_dead_processes_are_one_line_until_they_are_asked_for(self):
        subject = self.serve()
        subject.kill()
        screen = self.top()
        text = "\n".join(screen.frame())
        self.assertNotRegex(text, rf"(?m)^ *{subject.pid} ")
        self.assertRegex(text, r"(?m)^1 no longer running left its stats file ")
        screen.type("a")
        self.assertRegex("\n".join(screen.frame()), rf"(?m)^ *{subject.pid} died ")
        screen.type("a")
        self.assertNotRegex("\n".join(screen.frame()), rf"(?m)^ *{subject.pid} ")

    def test_all_lists_them_with_their_state(self):
        subject = self.serve()
        subject.kill()
        self.assertRegex("\n".join(self.top("--all").frame()), rf"(?m)^ *{subject.pid} died ")

    def test_what_is_left_out_is_counted(self):
        subject = self.serve()
        path = self.stats_file_of(subject.pid)
        for i in range(3):
            path.with_name(f"{i + 2}-00000000000000aa.page").write_bytes(b"no stats file")
        self.assertIn("1 running, 0 no longer running, 3 files left out", self.top().frame()[0])

    def test_q_ends_it(self):
        screen = self.top()
        screen.frame()
        screen.type("q")
        self.assert_given_back(screen, 0)

    def test_ctrl_c_ends_it(self):
        screen = self.top()
        screen.frame()
        screen.type("\x03")
        self.assert_given_back(screen, 0)

    def test_being_terminated_gives_the_terminal_back_too(self):
        screen = self.top()
        screen.frame()
        screen.process.send_signal(signal.SIGTERM)
        self.assert_given_back(screen, -signal.SIGTERM)

    def test_stopping_gives_the_terminal_back_until_it_goes_on(self):
        screen = self.top()
        screen.frame()
        screen.process.send_signal(signal.SIGTSTP)
        screen.read("\033\\[\\?1049l")
        os.waitid(os.P_PID, screen.process.pid, os.WSTOPPED | os.WNOWAIT)
        self.assertEqual(screen.attributes(), screen.before)
        screen.process.send_signal(signal.SIGCONT)
        screen.read("\033\\[\\?1049h")
        screen.frame()
        screen.type("q")
        self.assert_given_back(screen, 0)

    def test_arrows_choose_the_column_and_r_the_order(self):
        small, large = self.serve(), self.serve()
        small.ask("keep 10 1000")
        large.ask("keep 1000 1000")

        def order(lines):
            return [int(line.split()[0]) for line in lines if "serve-musl" in line]

        screen = self.top()
        lines = screen.frame()
        while ">LIVE" not in lines[1]:
            screen.type("\033[C")
            lines = screen.frame()
        self.assertEqual(order(lines), [large.pid, small.pid])
        screen.type("r")
        self.assertEqual(order(screen.frame()), [small.pid, large.pid])
        screen.type("\033[D")
        self.assertIn(">ALLOC%", screen.frame()[1])

    def test_another_size_is_used_at_once(self):
        subject = self.serve()
        screen = self.top()
        screen.frame()
        screen.resize(8, 40)
        lines = screen.frame()
        while len(lines) != 8:
            lines = screen.frame()
        self.assertLessEqual(max(map(len, lines)), 40)
        self.assertTrue(any(line.split()[:1] == [str(subject.pid)] for line in lines))

    def test_a_terminal_of_one_line_is_no_harm(self):
        screen = self.top(rows=1, columns=1)
        screen.frame()
        screen.type("q")
        self.assert_given_back(screen, 0)


class Plain(live.Case):
    def test_one_table_and_an_end(self):
        subject, dead = self.serve(), self.serve()
        dead.kill()
        text = self.mshim("top", "--all")
        self.assertNotIn("\033", text)
        self.assertRegex(text, rf"(?m)^ *{subject.pid} running .* serve-musl$")
        self.assertRegex(text, rf"(?m)^ *{dead.pid} died .* serve-musl$")
        self.assertEqual(len(text.splitlines()), 3)
        text = self.mshim("top")
        self.assertNotRegex(text, rf"(?m)^ *{dead.pid} ")
        self.assertRegex(text, r"(?m)^1 no longer running left its stats file \(--all shows them, ")
        self.assertEqual(len(text.splitlines()), 3)

    def test_the_share_of_a_handful_of_samples_is_no_number(self):
        subject = self.serve()
        subject.ask("keep 10 100")
        self.assertRegex(self.mshim("top"), rf"(?m)^ *{subject.pid} running +- ")

    def test_a_missing_folder_is_named(self):
        self.assertIn("/nonesuch", self.mshim("top", status=1, folder="/nonesuch"))
