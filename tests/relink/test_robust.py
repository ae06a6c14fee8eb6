# SPDX-License-Identifier: MIT
"""Whatever happens, the file is the old one or the new one, and nothing is left beside it."""
import os
import random
import shutil
import signal
import stat
import subprocess
import threading
import time
import unittest

import support
from support import DONE, LEFT_ALONE, MSHIM, relink

ROOT = os.geteuid() == 0
KILLS, ENDS, PAIRS = (200, 40, 20) if "MSHIM_TEST_FULL" in os.environ else (40, 5, 3)
NOBODY = 65534
PADDING = "static const char padding[2 << 20] __attribute__((used)) = {1};\n"  # so that writing takes its time


def build():
    """A library with something to relink, of some megabytes."""
    folder = support.folder()
    padding = folder / "padding.c"
    padding.write_text(PADDING)
    library = folder / "liblarge.so"
    support.compile_c("glibc", "-DLIBRARY", "-fPIC", "-shared", "-o", library, support.HERE / "programs/own_functions.c", padding)
    return library.read_bytes()


def as_nobody(*command):
    return support.run("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command)


class Robust(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.old = build()
        path = support.folder() / "liblarge.so"
        path.write_bytes(cls.old)
        begin = time.monotonic()
        if relink(path).returncode != DONE:
            raise AssertionError("not relinked")
        cls.seconds = time.monotonic() - begin
        cls.new = path.read_bytes()

    def setUp(self):
        self.folder = support.folder()
        self.library = self.folder / "liblarge.so"
        self.library.write_bytes(self.old)

    def alone(self, path=None):
        """Nothing is left beside it."""
        path = path or self.library
        self.assertEqual([entry.name for entry in path.parent.iterdir()], [path.name])

    def refused(self, done, text, path=None):
        path = path or self.library
        self.assertEqual((done.returncode, done.stdout), (LEFT_ALONE, ""))
        self.assertIn(text, done.stderr)
        self.assertIn(str(path), done.stderr)
        self.assertEqual(path.read_bytes(), self.old)

    def stopped(self, number, wait):
        process = subprocess.Popen([MSHIM, "relink", self.library], env=support.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(number)
        process.wait(support.SECONDS)
        contents = self.library.read_bytes()
        self.assertIn(contents, (self.old, self.new))
        return contents == self.new

    def test_killed_at_any_moment(self):
        moments, turns, changed, drafts = random.Random(8), 0, 0, 0
        while turns < KILLS or not (0 < changed < turns and drafts > 0):  # a busy machine needs more
            self.assertLess(turns, 20 * KILLS, f"{changed} were done, {drafts} killed while writing: not the right moments")
            turns += 1
            self.library.write_bytes(self.old)
            changed += self.stopped(signal.SIGKILL, self.seconds * 2 ** moments.uniform(-3, 2))
            drafts += len(list(self.folder.iterdir())) - 1
        self.library.write_bytes(self.old)
        self.assertEqual(relink(self.library).returncode, DONE)
        self.assertEqual(self.library.read_bytes(), self.new)
        self.alone()

    def test_ended_at_any_moment(self):
        moments = random.Random(8)
        for _ in range(ENDS):
            for number in (signal.SIGTERM, signal.SIGINT):
                self.library.write_bytes(self.old)
                self.stopped(number, moments.random() * self.seconds)
                self.alone()

    def test_two_at_once(self):
        for _ in range(PAIRS):
            self.library.write_bytes(self.old)
            both = [subprocess.Popen([MSHIM, "relink", self.library], env=support.environment(), stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL) for _ in range(2)]
            self.assertLessEqual({process.wait(support.SECONDS) for process in both}, {DONE, LEFT_ALONE})
            self.assertEqual(self.library.read_bytes(), self.new)
            self.alone()

    @unittest.skipUnless(ROOT, "mounting needs root")
    def test_full_disk(self):
        self.mounted(f"size={len(self.old) * 3 // 2}", "", "No space left on device")

    @unittest.skipUnless(ROOT, "mounting needs root")
    def test_read_only_file_system(self):
        self.mounted("size=32m", "mount -o remount,ro \"$1\"", "Read-only file system")

    def test_limit_on_the_size_of_files(self):
        self.refused(support.run("prlimit", "--fsize=4096", MSHIM, "relink", self.library), "File too large")
        self.alone()

    def mounted(self, options, then, text):
        """In a mount of its own, which ends with the process."""
        probe = support.run("unshare", "-m", "true")
        if probe.returncode != 0:
            self.skipTest(f"mounts of its own are not to be had here: {probe.stderr.strip()}")
        at = self.folder / "mount"
        at.mkdir()
        script = f'mount -t tmpfs -o {options} none "$1" && cp "$2" "$1/lib.so" && {{ {then or ":"}; }} || exit 77\n' \
                 'status=0; "$3" relink "$1/lib.so" || status=$?\ncmp "$1/lib.so" "$2" >&2 && ls -A "$1"; exit "$status"'
        done = support.run("unshare", "-m", "sh", "-c", script, "sh", at, self.library, MSHIM)
        if done.returncode == 77:
            self.skipTest(f"mounting is not allowed here: {done.stderr.strip()}")
        self.assertEqual((done.returncode, done.stdout), (LEFT_ALONE, "lib.so\n"), done.stderr)
        self.assertIn(text, done.stderr)

    @unittest.skipUnless(ROOT, "another user needs root")
    def test_folder_of_another_user(self):
        os.chmod(self.folder, 0o755)
        self.refused(as_nobody(self.command(), "relink", self.library), "Permission denied")

    @unittest.skipUnless(ROOT, "another user needs root")
    def test_file_of_another_user(self):
        os.chown(self.folder, NOBODY, NOBODY)
        self.refused(as_nobody(self.command(), "relink", self.library), "its owner (0:0) cannot be kept")
        self.alone()

    @unittest.skipUnless(ROOT, "another user needs root")
    def test_file_that_cannot_be_read(self):
        os.chown(self.folder, NOBODY, NOBODY)
        os.chmod(self.library, 0o600)
        self.refused(as_nobody(self.command(), "relink", self.library), "Permission denied")

    @unittest.skipUnless(ROOT, "another user needs root")
    def test_another_user_may_write_another_file(self):
        folder = support.folder()
        os.chmod(self.library, 0o4755)
        os.chmod(self.folder, 0o755)
        os.chown(folder, NOBODY, NOBODY)
        done = as_nobody(self.command(), "relink", "-o", folder / "out", self.library)
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        status = os.stat(folder / "out")
        self.assertEqual((status.st_uid, stat.S_IMODE(status.st_mode)), (NOBODY, 0o755))

    def command(self):
        """The command where everybody can run it."""
        folder = support.folder()
        for place in (folder, folder.parent):
            os.chmod(place, 0o755)
        return shutil.copy(MSHIM, folder)

    @unittest.skipUnless(ROOT and shutil.which("chattr"), "an immutable file needs root and chattr")
    def test_immutable_file(self):
        if support.run("chattr", "+i", self.library).returncode != 0:
            self.skipTest("this file system has no immutable files")
        self.addCleanup(support.run, "chattr", "-i", self.library)
        self.refused(relink(self.library), "Operation not permitted")
        self.alone()

    def test_symbolic_link_stays(self):
        link = support.folder() / "link.so"
        link.symlink_to(self.library)
        self.assertEqual(relink(link).returncode, DONE)
        self.assertEqual((os.readlink(link), self.library.read_bytes()), (str(self.library), self.new))
        self.alone()
        self.alone(link)

    def test_hard_link_is_refused(self):
        other = support.folder() / "other.so"
        os.link(self.library, other)
        self.refused(relink(self.library), "2 names (hard links)")
        out = support.folder() / "out.so"
        self.assertEqual(relink("-o", out, self.library).returncode, DONE)
        self.assertEqual((out.read_bytes(), other.read_bytes()), (self.new, self.old))

    def test_file_that_changes_meanwhile(self):
        done = threading.Event()

        def touch():
            while not done.is_set():
                os.utime(self.library)
                time.sleep(0.0002)
        thread = threading.Thread(target=touch)
        thread.start()
        try:
            for _ in range(5):
                result = relink(self.library)
                self.refused(result, "change")
                self.assertRegex(result.stderr, "it changes while it is read|it has changed meanwhile")
        finally:
            done.set()
            thread.join()
        self.alone()

    def test_open_file_stays_the_old(self):
        with self.library.open("rb") as file:
            self.assertEqual(relink(self.library).returncode, DONE)
            self.assertEqual(file.read(), self.old)
        self.assertEqual(self.library.read_bytes(), self.new)

    def test_attributes_stay(self):
        names = {"user.note": b"\x00\x01kept", **({"trusted.note": b"too"} if ROOT else {})}
        for name, value in names.items():
            try:
                os.setxattr(self.library, name, value)
            except OSError as error:
                self.skipTest(f"no extended attributes here: {error}")
        if ROOT:
            os.chown(self.library, 1234, 5678)
        os.chmod(self.library, 0o2751)
        os.utime(self.library, ns=(1_000_000_000_123_456_789, 1_100_000_000_987_654_321))
        before = self.attributes()
        for flags in ([], ["--undo"]):
            self.assertEqual(relink(*flags, self.library).returncode, DONE)
            self.assertEqual(self.attributes(), before)
            self.assertEqual({name: os.getxattr(self.library, name) for name in names}, names)

    def attributes(self):
        status = os.stat(self.library)
        return stat.filemode(status.st_mode), status.st_uid, status.st_gid, status.st_mtime_ns

    def test_out_that_cannot_be_written(self):
        folder = support.folder()
        (folder / "link").symlink_to(self.library)
        for out, text in ((folder, "not a regular file"), (folder / "link", "not a regular file"),
                          (folder / "none/out", "No such file or directory")):
            with self.subTest(out=out.name):
                self.refused(relink("-o", out, self.library), text)
        self.assertEqual([entry.name for entry in folder.iterdir()], ["link"])

    def test_what_is_no_file(self):
        fifo, empty = self.folder / "fifo", self.folder / "empty"
        os.mkfifo(fifo)
        empty.touch()
        for path, text in ((self.folder, "not a regular file"), (fifo, "not a regular file"), (empty, "empty"),
                           (self.folder / "none", "No such file or directory")):
            with self.subTest(path=path.name):
                done = relink(path)
                self.assertEqual(done.returncode, LEFT_ALONE)
                self.assertIn(text, done.stderr)


if __name__ == "__main__":
    unittest.main()
