# SPDX-License-Identifier: MIT
"""`mshim gc`: what dead processes have left goes, all else stays."""
import os
import shutil
import subprocess
import time
import unittest

import live
from live import harness


class Gc(live.Case):
    def names(self):
        return [stats_file.name for stats_file in self.stats_files()]

    @harness.each()
    def test_stats_files_of_the_dead_go_and_those_of_the_living_stay(self, libc, variables):
        living, killed, kept = self.serve(libc), self.serve(libc), self.serve(libc, MSHIM_KEEP="on")
        killed.kill()
        kept.end()
        self.assertEqual(len(self.stats_files()), 3)
        said = self.mshim("gc")
        self.assertEqual(self.stats_files(), [self.stats_file_of(living.pid)])
        self.assertRegex(said, rf"(?m)^removed \S*/{killed.pid}-\S+\.page \(died, \d+K\)$")
        self.assertRegex(said, rf"(?m)^removed \S*/{kept.pid}-\S+\.page \(ended, \d+K\)$")
        self.assertRegex(said, r"(?m)^2 removed from \S+, \d+K; 1 of running processes stay$")
        living.ask("keep 10 10")
        self.assertEqual(self.stat(living.pid)["process"]["state"], "running")
        living.kill()
        self.mshim("gc")

    def test_the_stats_file_of_a_process_that_has_become_an_unpreloaded_program_goes(self):
        process = self.become_another_program()
        said = self.mshim("gc")
        self.assertEqual(self.stats_files(), [])
        self.assertRegex(said, rf"(?m)^removed \S*/{process.pid}-\S+\.page \(replaced, \d+K\)$")
        self.assertRegex(said, r"(?m)^1 removed from \S+, \d+K; 0 of running processes stay$")
        self.assertIsNone(process.poll())

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_without_locks_what_may_run_stays(self):
        """Pid and start time tell, of a process that would be seen from here."""
        without_locks = ("strace", "-qq", "-o", "/dev/null", "-e", "inject=flock:error=ENOLCK")
        if subprocess.run([*without_locks, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("strace may not trace here")
        unserved, living, killed, elsewhere = self.become_another_program(), self.serve(), self.serve(), self.serve()
        stats_file, own = self.stats_file_of(elsewhere.pid), os.stat("/proc/self/ns/pid").st_ino.to_bytes(8, "little")
        elsewhere.kill()
        killed.kill()
        at = stats_file.read_bytes().index(own)
        with open(stats_file, "r+b") as file:
            file.seek(at)
            file.write((17).to_bytes(8, "little"))
        done = subprocess.run([*without_locks, live.COMMAND, "gc"], env={**os.environ, "MSHIM_DIR": str(self.folder)},
                              stdout=subprocess.PIPE, check=True, text=True)
        self.assertIn("1 removed from", done.stdout)
        left = {int(stats_file.name.split("-")[0]) for stats_file in self.stats_files()}
        self.assertEqual(left, {unserved.pid, living.pid, elsewhere.pid})

    def test_what_is_no_stats_file_stays(self):
        subject = self.serve()
        folder = self.stats_file_of(subject.pid).parent
        old = time.time() - 3600
        (folder / "notes.txt").write_text("mine")
        (folder / "17-00000000000000aa.page").write_bytes(b"something else" * 100)
        (folder / "18-00000000000000aa.page").symlink_to(self.stats_file_of(subject.pid))
        (folder / "19-00000000000000aa.page").mkdir()
        os.mkfifo(folder / "20-00000000000000aa.page")
        (self.folder / "21-00000000000000aa.page").write_bytes(self.stats_file_of(subject.pid).read_bytes())
        for path in [*folder.iterdir(), *self.folder.iterdir()]:
            os.utime(path, (old, old), follow_symlinks=False)
        before = sorted(str(path) for path in self.folder.rglob("*"))
        self.assertTrue(self.mshim("gc").startswith("0 removed"))
        self.assertEqual(sorted(str(path) for path in self.folder.rglob("*")), before)

    def test_a_stats_file_that_is_being_made_stays_until_nobody_can_be_at_it(self):
        subject = self.serve()
        stats_file = self.stats_file_of(subject.pid).parent / "17-00000000000000aa.page"
        stats_file.write_bytes(bytes(30000))
        self.mshim("gc")
        self.assertTrue(stats_file.exists())
        os.utime(stats_file, (time.time() - 3600,) * 2)
        self.assertIn("unfinished", self.mshim("gc"))
        self.assertFalse(stats_file.exists())

    def test_stats_files_of_another_version_go_when_nobody_holds_them(self):
        subject = self.serve()
        stats_file = self.stats_file_of(subject.pid)
        content = bytearray(stats_file.read_bytes())
        content[8] += 1
        with open(stats_file, "r+b") as file:
            file.write(content[:12])
        self.mshim("gc")
        self.assertTrue(stats_file.exists())
        subject.kill()
        self.assertIn("of another version", self.mshim("gc"))
        self.assertFalse(stats_file.exists())

    def test_a_missing_folder_is_named(self):
        self.assertIn("/nonesuch", self.mshim("gc", status=1, folder="/nonesuch"))
        self.assertIn("MSHIM_DIR=here cannot be used", self.mshim("gc", status=2, folder="here"))

    def test_processes_that_start_meanwhile_are_left_alone(self):
        for _ in range(200 if live.LONG else 20):
            subject = self.serve()
            self.mshim("gc")
            self.assertEqual(self.stat(subject.pid)["process"]["state"], "running")
            subject.kill()
