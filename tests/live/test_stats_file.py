# SPDX-License-Identifier: MIT
"""Where the stats file of a process lies: who may read it, when it goes, and what is done where it cannot be."""
import os
import pathlib
import re
import resource
import signal
import subprocess
import unittest

import live
from live import harness

AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "needs root")
ENDED = 1  # enum mshim_stats_state


def marker(pid):
    """Why a process has no stats file, as its status marker says; None where it has."""
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"memfd:mshim,\S*", maps)[0]
    why = re.search(r"stats_file=none,stats_file_why=([\w-]+)", found)
    return why and why[1]


class Case(live.Case):
    def lives(self, libc, *words, preload=None, preexec_fn=None, prefix=(), **variables):
        """programs/lives.c, at work; its first line of output is read."""
        variables = {"MSHIM_DIR": self.folder, **variables}
        command = [*prefix, live.program(libc, "lives"), *map(str, words)]
        environment = harness.environment(None if prefix else libc, **variables)
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=preexec_fn)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        process.line = process.stdout.readline().decode().strip()
        return process

    def end(self, process):
        process.stdin.close()
        self.assertEqual(process.wait(harness.SECONDS), 0)

    def header(self, stats_file):
        done = subprocess.run([live.program("glibc", "header"), stats_file], stdout=subprocess.PIPE, check=True)
        return {name: int(value) for name, value in (line.split() for line in done.stdout.decode().splitlines())}


class Place(Case):
    @harness.each()
    def test_it_is_its_users_alone(self, libc, variables):
        process = self.lives(libc, "up", preexec_fn=lambda: os.umask(0))
        stats_file = self.stats_file_of(process.pid)
        self.assertEqual(stats_file.parent.name, f"mshim-{os.geteuid()}")
        self.assertEqual((stats_file.parent.stat().st_mode & 0o7777, stats_file.stat().st_mode & 0o7777), (0o700, 0o600))
        self.assertEqual(os.listdir(stats_file.parent), [stats_file.name])
        self.assertIsNone(marker(process.pid))
        self.end(process)
        self.assertEqual(self.stats_files(), [])

    @harness.each()
    def test_every_end_in_good_order_takes_it_away(self, libc, variables):
        for words in ("return", "exit", "_exit", "_Exit", "quick_exit", "exit_from_thread", "vfork_fails", "fork", "fork_exec", "spawn"):
            with self.subTest(words=words):
                self.assert_ended(self.act(libc, words, report=None, MSHIM_DIR=self.folder), 5)
                self.assertEqual(self.stats_files(), [])

    @harness.each()
    def test_signals_leave_it(self, libc, variables):
        for words, status in (("abort", -6), ("kill", -9), ("term", -15)):
            self.empty()
            self.assert_ended(self.act(libc, words, report=None, MSHIM_DIR=self.folder), status)
            [stats_file] = self.stats_files()
            self.assertEqual(self.stat(stats_file)["process"]["state"], "died")

    @harness.each()
    def test_it_can_be_kept(self, libc, variables):
        for words in ("return", "_exit", "quick_exit"):
            self.empty()
            self.assert_ended(self.act(libc, words, report=None, MSHIM_DIR=self.folder, MSHIM_KEEP="on"), 5)
            [stats_file] = self.stats_files()
            self.assertEqual(self.header(stats_file)["state"], ENDED)
            report = self.stat(stats_file)
            self.assertEqual(report["process"]["state"], "ended")
            self.assertGreaterEqual(report["functions"]["malloc"]["requested_bytes"], 1000)
            self.assertGreater(report["memory"]["peak_rss_bytes"], 100000)

    @harness.each()
    def test_counters_off_have_none(self, libc, variables):
        self.act(libc, "kill", report=None, MSHIM_DIR=self.folder, MSHIM_STATS="off")
        self.assertEqual(self.stats_files(), [])


class NoPlace(Case):
    def assert_without(self, libc, why, prefix=(), preexec_fn=None, **variables):
        """It runs and counts all the same, and says why there is no stats file."""
        process = self.lives(libc, "calls", 1000, "threads", 20, 100, "up", prefix=prefix, preexec_fn=preexec_fn, **variables)
        self.assertTrue(process.line, "it died")
        self.assertEqual(marker(process.pid), why)
        self.assertEqual(self.stats_files(), [])
        self.end(process)

    @harness.each()
    def test_a_missing_folder(self, libc, variables):
        self.assert_without(libc, "missing", MSHIM_DIR=self.folder / "not" / "there")
        (self.folder / "file").touch()
        self.assert_without(libc, "missing", MSHIM_DIR=self.folder / "file")

    @harness.each()
    def test_what_another_may_have_put_there_is_not_used(self, libc, variables):
        ours, elsewhere = self.folder / f"mshim-{os.geteuid()}", self.folder / "elsewhere"
        elsewhere.mkdir(mode=0o700)

        def look():
            self.assert_without(libc, "not-ours")
            self.assertEqual(os.listdir(elsewhere), [])

        ours.symlink_to(elsewhere)
        look()
        ours.unlink()
        ours.write_text("a file")
        look()
        self.assertEqual(ours.read_text(), "a file")
        ours.unlink()
        for mode in (0o777, 0o750, 0o701):
            ours.mkdir()
            ours.chmod(mode)
            look()
            self.assertEqual((ours.stat().st_mode & 0o777, os.listdir(ours)), (mode, []))
            ours.rmdir()
        if os.geteuid() == 0:
            ours.mkdir(mode=0o700)
            os.chown(ours, 65534, 65534)
            look()

    @harness.each()
    def test_what_lies_under_the_name_of_the_stats_file_is_replaced(self, libc, variables):
        # The name is known before: a process that becomes another one keeps it.
        process = self.lives(libc, "up", "exec", "up")
        stats_file = self.stats_file_of(process.pid)
        stats_file.unlink()
        stats_file.symlink_to("/etc/passwd")
        before = os.stat("/etc/passwd")
        process.stdin.close()
        self.assertTrue(process.stdout.readline())
        self.assertEqual(os.stat("/etc/passwd"), before)

    @harness.each()
    def test_a_limit_of_file_sizes(self, libc, variables):
        self.assert_without(libc, "file-size-limit", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))

    def mounted(self, options):
        script = f'mount -t tmpfs -o {options} none "$MSHIM_DIR" && LD_PRELOAD=$0 exec "$@"'
        probe = subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL)
        if probe.returncode != 0:
            self.skipTest("no mount namespaces here")
        return lambda libc: ("unshare", "-m", "sh", "-c", script, harness.library(libc))

    @AS_ROOT
    @harness.each()
    def test_a_full_one(self, libc, variables):
        self.assert_without(libc, "full", prefix=self.mounted("size=8k")(libc))

    @AS_ROOT
    @harness.each()
    def test_a_read_only_one(self, libc, variables):
        self.assert_without(libc, "read-only", prefix=self.mounted("ro")(libc))

    @AS_ROOT
    @harness.each()
    def test_one_that_becomes_full(self, libc, variables):
        """There is room for the stats file and for no further threads' records: no SIGBUS, they are in private memory."""
        prefix = self.mounted("size=64k")(libc)
        process = self.lives(libc, "threads", 200, 100, "up", prefix=prefix)
        self.assertTrue(process.line, "it died")
        self.assertIsNone(marker(process.pid))
        self.end(process)

    @AS_ROOT
    def test_a_folder_that_only_root_may_write(self):
        os.chmod(self.folder, 0o755)

        def give_up_root():
            os.setgid(65534)
            os.setuid(65534)

        try:
            self.assert_without("glibc", "no-permission", preexec_fn=give_up_root)
        except PermissionError:
            self.skipTest("the program is where only root may go")


class LeftOvers(Case):
    """At most 2 MiB beyond the stats files of those that live, at all times."""
    BOUND = 2 << 20

    def bytes_left(self, living):
        """Of the files of others than these processes."""
        held = 0
        for path in self.stats_files():
            if int(path.name.split("-")[0]) not in living:
                try:
                    held += path.stat().st_blocks * 512
                except FileNotFoundError:
                    pass
        return held

    def test_a_start_removes_the_oldest_beyond_the_bound(self):
        living = self.lives("musl", "up")
        stats_file, first = self.stats_file_of(living.pid), set()
        for _ in range(100):
            self.act("glibc", "kill", report=None, MSHIM_DIR=self.folder)
            first |= set(self.stats_files()) - {stats_file} if len(first) < 10 else set()
            self.assertLessEqual(self.bytes_left([living.pid]), self.BOUND)
        left = set(self.stats_files())
        self.assertIn(stats_file, left, "it lives")
        self.assertGreater(len(left), 5, "the newest stay")
        self.assertFalse(left & first, "they are the oldest")

    @harness.each()
    def test_workers_that_are_killed(self, libc, variables):
        """forks.c: one after the other, waited for at once or not before the end; and many at a time."""
        count = int(os.environ.get("MSHIM_TEST_COUNT", 300))
        for how, workers in (("waited", count), ("zombies", 200), ("together", 60)):
            process = subprocess.Popen([live.program(libc, "forks"), how, str(workers)],
                                       env=harness.environment(libc, MSHIM_DIR=self.folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            most = 0
            for line in process.stdout:  # the processes that live now
                most = max(most, self.bytes_left(set(map(int, line.split()))))
                process.stdin.write(b"\n")
                process.stdin.flush()
            process.stdin.close()
            process.stdout.close()
            self.assertEqual(process.wait(), 0)
            self.assertLessEqual(most, self.BOUND, how)
            self.assertLessEqual(self.bytes_left([]), self.BOUND, how)

    @harness.each()
    def test_a_worker_that_is_another_users(self, libc, variables):
        """It cannot remove its file, which lies in the folder of the user that it was forked by."""
        if os.geteuid() != 0:
            self.skipTest("only root may become another user")
        process = subprocess.run([live.program(libc, "forks"), "others", "300"], env=harness.environment(libc, MSHIM_DIR=self.folder),
                                 stdin=subprocess.DEVNULL, timeout=harness.SECONDS)
        self.assertEqual(process.returncode, 0)
        self.assertLessEqual(self.bytes_left([]), self.BOUND)


if __name__ == "__main__":
    unittest.main()
