# SPDX-License-Identifier: MIT
"""Stats files that lie: another user's that says it is of process 1, many names of one file, two files of one process."""
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
import unittest

import live
from live import harness

AS_ROOT = unittest.skipUnless(os.geteuid() == 0, "only root can be two users")
NOBODY = 65534


def start_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[19])


class Forged(live.Case):
    def setUp(self):
        super().setUp()
        self.folder.chmod(0o1777)
        self.subject = self.serve()
        self.content = self.stats_file_of(self.subject.pid).read_bytes()
        self.own = self.folder / f"mshim-{NOBODY}"
        self.own.mkdir(0o700)

    def replace(self, content, old, new, size=8):
        """Of the first place of a number."""
        at = content.index(old.to_bytes(size, sys.byteorder))
        content[at:at + size] = new.to_bytes(size, sys.byteorder)
        return at

    def forge(self, pid=1, namespace=None):
        """Of NOBODY, in all that a reader could compare like one of process `pid`."""
        content = bytearray(self.content)
        ticks = self.replace(content, start_ticks(self.subject.pid), start_ticks(pid))
        identity = content[:ticks].rindex(self.subject.pid.to_bytes(8, sys.byteorder))
        content[identity:identity + 8] = pid.to_bytes(8, sys.byteorder)
        if namespace:
            self.replace(content, os.stat("/proc/self/ns/pid").st_ino, namespace)
        path = self.own / f"{pid}-00000000000000aa.page"
        path.write_bytes(content)
        return path

    def hold(self, path):
        """As a process does that runs."""
        file = open(path, "r+b")
        self.addCleanup(file.close)
        fcntl.flock(file, fcntl.LOCK_EX)

    def own_all(self):
        for path in (self.own, *self.own.iterdir()):
            os.chown(path, NOBODY, NOBODY)

    def listed(self, *words):
        done = subprocess.run([live.COMMAND, "stat", "--all", "-f", "json", *words], env={**harness.environment(), "MSHIM_DIR": str(self.folder)},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.SECONDS, check=True)
        return [report["process"]["pid"] for report in json.loads(done.stdout)], done.stderr.decode()

    @AS_ROOT
    def test_one_that_says_it_is_process_1_is_not_shown(self):
        path = self.forge()
        self.own_all()
        for held in (False, True):
            if held:
                self.hold(path)
            self.assertNotIn("active", self.mshim("stat", 1, status=1).replace("not active", ""))
            for words in (["top"], ["top", "--all"]):
                done = subprocess.run([live.COMMAND, *words], env={**harness.environment(), "MSHIM_DIR": str(self.folder)},
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.SECONDS, check=True)
                self.assertNotRegex(done.stdout.decode(), r"(?m)^ *1\*? (running|died|replaced)")
            self.assertEqual(self.listed()[0], [self.subject.pid])

    @AS_ROOT
    def test_its_process_is_not_purged(self):
        path = self.forge()
        self.own_all()
        self.hold(path)
        before, ended = path.read_bytes(), threading.Event()

        def answer():
            """Says that it is done as soon as it is asked: purge_done follows purge_asked."""
            while not ended.is_set():
                asked = [i for i, (was, now) in enumerate(zip(before, path.read_bytes())) if was != now]
                if asked:
                    with open(path, "r+b") as file:
                        file.seek(asked[0] // 8 * 8)
                        number = file.read(8)
                        file.write(number)
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            self.assertIn("process 1: ", self.mshim("purge", 1, status=1))
        finally:
            ended.set()
            thread.join()
        self.assertEqual(path.read_bytes(), before)

    @AS_ROOT
    def test_one_of_another_namespace_is_known_by_who_holds_it(self):
        path = self.forge(namespace=4026530000)
        self.own_all()
        self.hold(path)
        pids, said = self.listed()
        self.assertEqual(pids, [self.subject.pid])
        self.assertIn("left out", said)
        self.assertNotIn("running", self.mshim("stat", 1, status=1))

    @AS_ROOT
    def test_one_of_a_process_that_runs_and_has_its_own(self):
        path = self.forge(self.subject.pid)
        self.own_all()
        self.hold(path)
        self.subject.ask("keep 77 100")
        self.assertEqual(self.listed()[0], [self.subject.pid])
        self.assertEqual(self.stat(self.subject.pid)["functions"]["malloc"]["calls"] >= 77, True)

    def test_many_names_of_one_file_are_one_that_is_left_out(self):
        path = self.stats_file_of(self.subject.pid)
        for i in range(2000):
            os.link(path, path.with_name(f"{i + 2}-00000000000000aa.page"))
        began = time.monotonic()
        pids, said = self.listed()
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(pids, [])
        self.assertLessEqual(len(said.splitlines()), 30)
        self.assertIn("1981 more files are left out", said)

    def test_more_files_than_one_user_can_need_are_left_out(self):
        folder = self.stats_file_of(self.subject.pid).parent
        for i in range(10000):
            (folder / f"{i + 2}-00000000000000bb.page").write_bytes(b"")
        _, said = self.listed()
        self.assertRegex(said, r"(?m)mshim-\d+: 1809 of 10001 files are left out$")

    def test_two_files_of_one_process_are_one_in_the_exposition(self):
        path = self.stats_file_of(self.subject.pid)
        copy = path.with_name(f"{self.subject.pid}-00000000000000cc.page")
        copy.write_bytes(self.content)
        self.hold(copy)
        text = subprocess.run([live.COMMAND, "stat", "--all", "-f", "prom"], env={**harness.environment(), "MSHIM_DIR": str(self.folder)},
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=harness.SECONDS, check=True).stdout.decode()
        samples = [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]
        self.assertEqual(len(samples), len(set(samples)))
        self.assertTrue(samples)

    def test_control_characters_above_0x7f_do_not_reach_the_terminal(self):
        path = self.stats_file_of(self.subject.pid)
        content = bytearray(self.content)
        at = content.index(b"serve-musl")
        content[at:at + 10] = "x\u009b2J\u202ey".encode().ljust(10, b"\0")[:10]
        other = self.folder / "forged.page"
        other.write_bytes(content)
        for words in ([other], [other, "-v"], [other, "-f", "json"], [other, "-f", "prom"]):
            text = self.mshim("stat", *words)
            self.assertNotRegex(text, "[\u0080-\u009f\u202a-\u202e]")
        self.assertEqual(json.loads(self.mshim("stat", other, "-f", "json"))["process"]["program"], "x\u009b2J\u202ey")
        self.assertTrue(path.exists())


if __name__ == "__main__":
    unittest.main()
