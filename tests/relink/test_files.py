# SPDX-License-Identifier: MIT
"""Which file a command stands for, and files that were relinked before. How a file is replaced: test_robust.py."""
import glob
import os
import shutil
import subprocess
import unittest

import support
from support import Case, each_libc, relink


class Python:
    """A copy of the twin's program and libpython, the rest of it by links."""

    def __init__(self, libc):
        twin = support.BUILD / f"python-{libc}"
        if not twin.exists():
            raise unittest.SkipTest(f"{twin} is not there")
        self.folder = support.folder()
        (self.folder / "bin").mkdir()
        (self.folder / "lib").mkdir()
        self.program = self.folder / "bin/python3"
        shutil.copy(twin / "bin/python3", self.program)
        for path in (twin / "lib").iterdir():
            if path.is_file() and "libpython3." in path.name and path.name.endswith(".1.0"):
                self.library = self.folder / "lib" / path.name
                shutil.copy(path, self.library)
            else:
                (self.folder / "lib" / path.name).symlink_to(path)
        self.original = self.library.read_bytes()

    def relink(self, *arguments, **variables):
        variables.setdefault("PATH", f"{self.folder / 'bin'}:{os.environ['PATH']}")
        return relink(*arguments, **variables)


class WhichFile(unittest.TestCase):
    def leads_to(self, python, name, library=None, **variables):
        done = python.relink("--check", name, **variables)
        self.assertEqual((done.returncode, done.stderr), (support.COULD_BE, ""))
        self.assertEqual(done.stdout.split(": ")[0], str(library or python.library))

    @each_libc
    def test_command_leads_to_its_libpython(self, libc):
        python = Python(libc)
        self.leads_to(python, "python3")
        self.leads_to(python, python.program)
        self.leads_to(python, python.library)

    @each_libc
    def test_links_and_scripts_lead_to_it(self, libc):
        python = Python(libc)
        (python.folder / "venv").mkdir()
        link = python.folder / "venv/python"
        link.symlink_to("../bin/python3")
        script = python.folder / "script"
        script.write_text(f"#!{link}\nprint(1)\n")
        script.chmod(0o755)
        by_env = python.folder / "by_env"
        by_env.write_text("#!/usr/bin/env python3\nprint(1)\n")
        by_env.chmod(0o755)
        for name in (link, script, by_env):
            self.leads_to(python, name)

    @each_libc
    def test_environment_of_the_loader_counts(self, libc):
        python = Python(libc)
        other = python.folder / "other"
        other.mkdir()
        shutil.copy(python.library, other)
        # The program's own path (RPATH) comes first with glibc, the environment with musl.
        first = other / python.library.name if libc == "musl" else python.library
        self.leads_to(python, "python3", first, LD_LIBRARY_PATH=other)
        os.unlink(python.library)
        self.leads_to(python, "python3", other / python.library.name, LD_LIBRARY_PATH=other)

    @each_libc
    def test_program_whose_library_is_missing_is_left_alone(self, libc):
        python = Python(libc)
        os.unlink(python.library)
        if libc == "glibc" and glob.glob(f"/usr/lib/*/{python.library.name}"):
            self.skipTest("the system has a library of this name, which the loader would take")
        done = python.relink("python3")
        self.assertEqual(done.returncode, support.LEFT_ALONE)
        self.assertIn(python.library.name, done.stderr)

    @each_libc
    def test_python_runs(self, libc):
        python = Python(libc)
        code = "import threading, json; t = threading.Thread(target=json.dumps, args=([1],)); t.start(); t.join(); print(6 * 7)"
        done = python.relink("python3")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        (direct, _), (accesses, _) = support.counts(done.stdout)
        self.assertTrue(direct > 20000 and accesses > 1000, done.stdout)
        self.assertEqual(support.run(python.program, "-c", code).stdout, "42\n")
        self.assertEqual(python.relink("--undo", "python3").returncode, 0)
        self.assertEqual(python.library.read_bytes(), python.original)


class RelinkedBefore(unittest.TestCase):
    def setUp(self):
        self.case = Case("glibc", "own_functions")

    def test_options_may_follow_each_other(self):
        whole = relink(self.case.library).returncode, self.case.library.read_bytes()
        self.assertEqual(relink("--keep-tls", self.case.library).returncode, 0)
        self.assertEqual((relink(self.case.library).returncode, self.case.library.read_bytes()), whole)

    def test_copy_can_be_undone_under_another_name(self):
        relink(self.case.library)
        copy = self.case.folder / "renamed"
        os.rename(self.case.library, copy)
        self.assertEqual(relink("--undo", copy).returncode, 0)
        self.assertEqual(copy.read_bytes(), self.case.original)

    def test_stripped_afterwards_it_still_works(self):
        relink(self.case.library)
        subprocess.run(["strip", self.case.library], check=True)
        self.assertEqual(self.case.run().returncode, 0)
        self.assertEqual(relink(self.case.library).returncode, 0)
        self.assertIn("strip has removed them", relink("--undo", self.case.library).stderr)


if __name__ == "__main__":
    unittest.main()
