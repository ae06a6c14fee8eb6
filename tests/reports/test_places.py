# SPDX-License-Identifier: MIT
"""Where a report goes, and what happens where it cannot."""
import fcntl
import json
import os
import shutil
import stat
import subprocess
import threading
import time
import unittest

import reporting
from reporting import harness


class Places(reporting.Case):
    def device(self, name, minor):
        """A device of our own: a library that fails here would replace the machine's."""
        path = self.folder / name
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
            os.close(os.open(path, os.O_WRONLY))
        except OSError as error:
            self.skipTest(f"no device can be made: {error}")
        return path

    @harness.each()
    def test_format_is_chosen_by_the_ending(self, libc, variables):
        for name, first in (("r.json", b'{"format": 1,'), ("r.prom", b"# HELP mshim_"), ("r.txt", b"act-"), ("r", b"act-"),
                            (".json", b"{"), ("json", b"act-")):
            self.act(libc, "return", report=name)
            self.assertTrue((self.folder / name).read_bytes().startswith(first), name)

    @harness.each()
    def test_dash_is_stderr(self, libc, variables):
        done = self.act(libc, "return", report="-")
        self.assertEqual((done.returncode, done.stdout, self.names()), (5, b"", []))
        self.assertTrue(done.stderr.startswith(b"act-" + libc.encode()), done.stderr)
        self.assertIn(b"malloc", done.stderr)
        done = self.act(libc, "fork", "fork_exec", "return", report="-")
        self.assertEqual(done.stderr.count(b"function "), 1)

    @harness.each()
    def test_a_file_that_became_stderr_is_left_alone(self, libc, variables):
        for report in ("-", "/dev/stderr", "/proc/self/fd/2"):
            self.assert_ended(self.act(libc, "redirect", "return", report=report), 5)
            self.assertEqual((self.folder / "own.log").read_bytes(), b"", report)

    @harness.each()
    def test_name_is_that_of_the_file(self, libc, variables):
        """Not what the program, or who starts it, makes of its arguments."""
        (self.folder / "in").mkdir()
        subprocess.run(["xx../../other", "overwrite_environment", "return"], executable=harness.act_program(libc), timeout=60,
                       env=harness.environment(libc, MSHIM_REPORT=self.folder / "in" / "%e.json"))
        self.assertEqual(self.names(), ["in"])
        self.assertEqual(self.json(f"in/act-{libc}.json")["process"]["program"], f"act-{libc}")
        path = self.folder / "in" / "a\nb\x1b[2J\x9b.é"
        shutil.copy(harness.act_program(libc), path)
        harness.run([path, "return"], libc, MSHIM_REPORT=self.folder / "%e.json")
        self.assertTrue(all(ord(character) >= 0x20 and not 0x7f <= ord(character) < 0xa0 for name in self.names() for character in name))

    @harness.each()
    def test_another_ones_report_of_the_same_process_id_stays(self, libc, variables):
        """As of two containers with one volume: each has a process of this id."""
        folder = self.folder

        def be_second():
            (folder / f"r-{os.getpid()}.json").write_text("another's")
            file = os.open(folder / f".mshim.{os.getpid()}", os.O_WRONLY | os.O_CREAT, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)  # it is being written
            os.write(file, b"another's")
            os.set_inheritable(file, True)

        for _ in range(2):
            done = subprocess.run([harness.act_program(libc), "fork", "return"], preexec_fn=be_second, close_fds=False, timeout=60, cwd=folder,
                                  env=harness.environment(libc, MSHIM_REPORT="r-%p.json"))
            self.assertEqual(done.returncode, 5)
        contents = {name: (folder / name).read_text() for name in self.names()}
        others = [name for name, text in contents.items() if text == "another's"]
        self.assertEqual(len(others), 4)
        self.assertEqual(sorted(json.loads(text)["process"]["pid"] for name, text in contents.items() if name not in others),
                         sorted(int(name.split("-")[1].split(".")[0]) for name in contents if name not in others))
        self.assertEqual(len(contents), 4 + 4)
        self.assertEqual(sum(name.count("-") == 2 for name in contents), 2)

    @harness.each()
    def test_names_are_expanded(self, libc, variables):
        name = f"act-{libc}"
        self.act(libc, "return", report="a%eb%e.json")
        self.assertEqual(self.names(), [f"a{name}b{name}.json"])
        self.empty()
        self.act(libc, "return", report="%p%p%%x%.json")
        pid = self.json(self.names()[0])["process"]["pid"]
        self.assertEqual(self.names()[0][:len(f"{pid}{pid}")], f"{pid}{pid}")

    @harness.each()
    def test_folder_may_be_expanded_too(self, libc, variables):
        (self.folder / f"act-{libc}").mkdir()
        self.act(libc, "return", report="%e/r.json")
        self.json(f"act-{libc}/r.json")

    @harness.each()
    def test_relative_path_is_meant_from_the_start(self, libc, variables):
        (self.folder / "there").mkdir()
        self.act(libc, "chdir", "return", report="there/r.json")
        self.json("there/r.json")
        self.act(libc, "chdir", "fork", "return", report="there/%p.json")
        self.assertEqual(len(os.listdir(self.folder / "there")), 3)

    @harness.each()
    def test_what_cannot_be_written_is_skipped_in_silence(self, libc, variables):
        (self.folder / "folder.json").mkdir()
        (self.folder / "file").write_text("")
        for report in ("/no/such/folder/r.json", "no/r.json", "/proc/r.json", "file/r.json", "folder.json", ".", "",
                       "x" * 300, "y/" * 2000 + "y", "/" + "z" * 4094):
            done = self.act(libc, "return", report=report)
            self.assert_ended(done, 5)
            self.assertEqual(self.names(), ["file", "folder.json"], report[:20])
        self.assertEqual(os.listdir(self.folder / "folder.json"), [])

    @harness.each()
    def test_name_as_long_as_the_file_system_allows(self, libc, variables):
        self.act(libc, "return", report="x" * 250 + ".json")
        self.json("x" * 250 + ".json")

    @harness.each()
    def test_no_descriptor_to_be_had(self, libc, variables):
        self.assert_ended(self.act(libc, "no_files", "return"), 5)
        self.assertEqual(self.names(), [])

    @harness.each()
    def test_disk_is_full(self, libc, variables):
        self.assert_ended(self.act(libc, "ignore_xfsz", "small_files", "return"), 5)
        self.assertEqual(self.names(), [])

    @harness.each()
    def test_devices_are_written_as_they_are(self, libc, variables):
        for name, minor in (("null", 3), ("full", 7)):
            path = self.device(name, minor)
            self.assert_ended(self.act(libc, "return", report=name), 5)
            self.assertTrue(stat.S_ISCHR(os.lstat(path).st_mode))
        self.assertEqual(self.names(), ["full", "null"])

    @harness.each()
    def test_report_that_was_there_outlives_a_full_disk(self, libc, variables):
        (self.folder / "r.json").write_text("before")
        self.assert_ended(self.act(libc, "ignore_xfsz", "small_files", "return"), 5)
        self.assertEqual(self.names(), ["r.json"])
        self.assertEqual((self.folder / "r.json").read_text(), "before")

    @harness.each()
    def test_limit_of_file_size_does_not_kill(self, libc, variables):
        """Over the limit the kernel sends SIGXFSZ, which the program did not deserve."""
        self.assert_ended(self.act(libc, "small_files", "return"), 5)
        self.assertEqual(self.names(), [])

    @unittest.skipUnless(hasattr(os, "getuid") and os.getuid() == 0, "mounting a small file system needs root")
    def test_file_system_is_full(self):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "mshim-test", str(self.folder)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest(mounted.stderr.decode())
        try:
            (self.folder / "fill").write_bytes(b"x" * 4096)
            for libc in harness.LIBCS:
                self.assert_ended(self.act(libc, "return"), 5)
                self.assertEqual(self.names(), ["fill"])
        finally:
            subprocess.run(["umount", str(self.folder)], check=True)

    @harness.each()
    def test_nobody_reads_stderr(self, libc, variables):
        """SIGPIPE would change how the program ends."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            done = harness.run([harness.act_program(libc), "return"], libc, stderr=writer, MSHIM_REPORT="-")
        finally:
            os.close(writer)
        self.assertEqual(done.returncode, 5)

    @harness.each()
    def test_report_is_replaced_whole(self, libc, variables):
        (self.folder / "r.json").write_text("x" * 100000)
        self.act(libc, "return")
        self.json()
        self.assertEqual(self.names(), ["r.json"])

    @harness.each()
    def test_readers_never_see_a_part(self, libc, variables):
        path, stop, seen, wrong = self.folder / "r.json", threading.Event(), set(), []

        def read():
            while not stop.is_set():
                wrong.extend(name for name in self.names() if name != "r.json" and not name.startswith(".mshim."))
                try:
                    text = path.read_text()
                except FileNotFoundError:
                    continue
                try:
                    seen.add(json.loads(text)["process"]["pid"])
                except ValueError:
                    wrong.append(text)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(15):
                self.act(libc, "return")
                time.sleep(0.01)
        finally:
            stop.set()
            reader.join()
        self.assertEqual(wrong, [])
        self.assertGreater(len(seen), 3)
        self.assertEqual(self.names(), ["r.json"])

    @harness.each()
    def test_left_over_of_a_killed_process_is_not_in_the_way(self, libc, variables):
        """A container's processes have the same ids at every start."""
        def leave():
            with open(self.folder / f".mshim.{os.getpid()}", "w", encoding="ascii") as file:
                file.write("cut sho")
        harness.run([harness.act_program(libc), "return"], libc, cwd=self.folder, preexec_fn=leave, MSHIM_REPORT="r.json")
        self.assertEqual(self.names(), ["r.json"])


class Specials(reporting.Case):
    """What is there already and is no file is not replaced."""

    @harness.each()
    def test_fifo(self, libc, variables):
        for name, first in (("fifo", b"act-"), ("fifo.json", b"{")):
            fifo = self.folder / name
            os.mkfifo(fifo)
            self.assert_ended(self.act(libc, "return", report=name), 5)  # nobody reads
            reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            self.assert_ended(self.act(libc, "return", report=name), 5)
            self.assertEqual(os.read(reader, 65536)[:len(first)], first)
            os.close(reader)
            self.assertTrue(stat.S_ISFIFO(os.lstat(fifo).st_mode))
        self.assertEqual(self.names(), ["fifo", "fifo.json"])

    @harness.each()
    def test_link_to_a_file(self, libc, variables):
        (self.folder / "there").mkdir()
        (self.folder / "there/file.json").write_text("before")
        os.symlink("there/file.json", self.folder / "r.json")
        self.assert_ended(self.act(libc, "return"), 5)
        self.assertTrue((self.folder / "r.json").is_symlink())
        self.json("there/file.json")
        self.assertEqual(self.names(), ["r.json", "there"])

    @harness.each()
    def test_link_to_what_is_not_there_yet(self, libc, variables):
        os.symlink("file.json", self.folder / "r.json")
        self.assert_ended(self.act(libc, "return"), 5)
        self.assertTrue((self.folder / "r.json").is_symlink())
        self.json("file.json")

    @harness.each()
    def test_link_to_stderr_that_is_a_file(self, libc, variables):
        """What MSHIM_REPORT=/dev/stderr means where stderr goes to a file: /dev/stderr must stay."""
        os.symlink("/proc/self/fd/2", self.folder / "stderr")
        with open(self.folder / "log", "wb") as log:
            log.write(b"first line\n")
            log.flush()
            done = harness.run([harness.act_program(libc), "return"], libc, cwd=self.folder, stderr=log, MSHIM_REPORT="stderr")
        self.assertEqual(done.returncode, 5)
        self.assertTrue((self.folder / "stderr").is_symlink())
        self.assertIn(b"malloc", (self.folder / "log").read_bytes())
        self.assertEqual(self.names(), ["log", "stderr"])

    @harness.each()
    def test_link_to_stderr_that_is_a_pipe(self, libc, variables):
        os.symlink("/proc/self/fd/2", self.folder / "stderr")
        done = self.act(libc, "return", report="stderr")
        self.assertEqual(done.returncode, 5)
        self.assertIn(b"malloc", done.stderr)
        self.assertTrue((self.folder / "stderr").is_symlink())


@unittest.skipUnless(hasattr(os, "getuid") and os.getuid() == 0, "giving up privileges needs root")
class Privileges(reporting.Case):
    @harness.each()
    def test_folder_that_can_no_longer_be_written(self, libc, variables):
        os.chmod(self.folder, 0o755)
        self.assert_ended(self.act(libc, "nobody", "return"), 5)
        self.assert_ended(self.act(libc, "nobody", "_exit", report="%p.json"), 5)
        self.assertEqual(self.names(), [])

    @harness.each()
    def test_report_of_root_stays_as_it_was(self, libc, variables):
        os.chmod(self.folder, 0o755)
        (self.folder / "r.json").write_text("before")
        self.assert_ended(self.act(libc, "nobody", "return"), 5)
        self.assertEqual((self.folder / "r.json").read_text(), "before")

    @harness.each()
    def test_folder_that_can_still_be_written(self, libc, variables):
        os.chmod(self.folder, 0o777)
        self.assert_ended(self.act(libc, "nobody", "return"), 5)
        self.assertEqual((self.folder / "r.json").stat().st_uid, 65534)

    @harness.each()
    def test_python_that_drops_its_privileges(self, libc, variables):
        os.chmod(self.folder, 0o755)
        done = harness.run([harness.twin(libc), "-S", "-c", "import os; os.setgid(65534); os.setuid(65534); raise SystemExit(5)"],
                           libc, MSHIM_REPORT=self.folder / "r.json")
        self.assert_ended(done, 5)
        self.assertEqual(self.names(), [])


if __name__ == "__main__":
    unittest.main()
