# SPDX-License-Identifier: MIT
"""`mshim doctor`: what it says of a Python, and that what it says is to be done does it."""
import os
import subprocess

import live
from live import harness


class Doctor(live.Case):
    def doctor(self, *words, status, **variables):
        done = subprocess.run([live.COMMAND, "doctor", *words], env={"PATH": "/usr/bin:/bin", "MSHIM_DIR": str(self.folder), **variables},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=harness.SECONDS)
        self.assertEqual((done.returncode, done.stderr), (status, b""), done.stdout)
        text = done.stdout.decode()
        self.assertLessEqual(len(text.splitlines()), 24)
        return text

    @harness.each()
    def test_what_is_to_be_done_does_it(self, libc, variables):
        python = harness.twin(libc)
        text = self.doctor(python, status=1)
        self.assertRegex(text, rf"(?m)^Python +{python}: cpython 3\.\d+\.\d+ on {libc}$")
        self.assertRegex(text, r"(?m)^shim +not active: LD_PRELOAD is not set$")
        [line] = [line for line in text.splitlines() if line.startswith("ENV ")]
        name, value = line.removeprefix("ENV ").split("=")
        text = self.doctor(python, status=0, **{name: value})
        self.assertRegex(text, r"(?m)^shim +active: ")
        self.assertRegex(text, r"(?m)^Python objects +on: ")
        self.assertRegex(text, r"(?m)^counters +on$")
        self.assertNotIn("ENV ", text)

    def test_what_keeps_the_objects_off_is_named(self):
        text = self.doctor(harness.twin("musl"), status=1, LD_PRELOAD=harness.library("musl"), PYTHONMALLOC="malloc")
        self.assertRegex(text, r"(?m)^Python objects +off: PYTHONMALLOC is set$")
        self.assertIn("\nENV PYTHONMALLOC=\n", text)

    def test_the_library_of_the_other_libc_is_named(self):
        text = self.doctor(harness.twin("glibc"), status=1, LD_PRELOAD=harness.library("musl"))
        self.assertRegex(text, r"(?m)^shim +not active: ")
        self.assertIn(f"\nENV LD_PRELOAD={harness.library('glibc')}\n", text)

    def test_variables_that_are_invalid_or_misspelt_are_named(self):
        text = self.doctor(harness.twin("glibc"), status=1, LD_PRELOAD=harness.library("glibc"), MSHIM_STATS="yes", MSHIM_ALOCATOR="system")
        self.assertRegex(text, r"(?m)^variable +MSHIM_ALOCATOR .*MSHIM_ALLOCATOR\?$")
        self.assertRegex(text, r"(?m)^variable +MSHIM_STATS=yes cannot be used; accepted: on, off$")

    def test_a_folder_that_is_not_there_is_named(self):
        text = self.doctor(harness.twin("glibc"), status=1, LD_PRELOAD=harness.library("glibc"), MSHIM_DIR="/nonesuch")
        self.assertRegex(text, r"(?m)^/nonesuch +is not there")

    def test_no_python(self):
        text = self.doctor(status=1, PATH="/nonesuch")
        self.assertRegex(text, r"(?m)^Python +python3, python: not found$")

    def test_what_is_relinked_is_said(self):
        relinked = harness.BUILD / "python-musl-relinked/bin/python3"
        if not os.access(relinked, os.X_OK):
            self.skipTest("the relinked twin was not built")
        if subprocess.run([live.COMMAND, "relink", "--check", relinked], stdout=subprocess.DEVNULL).returncode != 0:
            self.skipTest("the relinked twin was made by another mshim")
        text = self.doctor(relinked, status=0, LD_PRELOAD=harness.library("musl"))
        self.assertRegex(text, r"(?m)^relinked +yes: ")
        self.assertNotIn("RUN ", text)
