# SPDX-License-Identifier: MIT
"""Runs `mshim compare` on small programs, in a folder of its own."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import harness  # noqa: E402
from harness import BUILD, MSHIM, environment  # noqa: E402, F401

SERVER = [sys.executable, "-S", "-E", str(HERE / "programs/server.py")]
SECONDS = 120


def work(libc="glibc", *flags):
    """Path of programs/work.c, compiled for a libc."""
    return harness.program(libc, HERE / "programs/work.c", *flags)


@functools.lru_cache(maxsize=None)
def library(libc="glibc"):
    """A library that can be preloaded, and does nothing."""
    out = harness.scratch_folder() / "nothing.so"
    subprocess.run([harness.COMPILERS[libc], "-shared", "-fPIC", "-o", out, "-x", "c", os.devnull], check=True)
    return str(out)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mshim-compare-case-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.variables = {"TMPDIR": str(self.folder / "tmp")}
        (self.folder / "tmp").mkdir()

    def start(self, *words, **options):
        return subprocess.Popen([MSHIM, "compare", *map(str, words)], env=environment(**self.variables), cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def compare(self, *words, status=0, **options):
        """Runs it, and looks that nothing is left behind; stdout and stderr."""
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.terminate()
            raise
        self.assertEqual(process.returncode, status, f"{out}{err}")
        self.assertEqual(os.listdir(self.folder / "tmp"), [])
        return out, err

    def result(self, *words, **options):
        self.compare("-o", "result.json", *words, **options)
        return json.loads((self.folder / "result.json").read_text(encoding="utf-8"), parse_constant=self.fail)

    def script(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    def wait_until(self, holds, message):
        end = time.monotonic() + SECONDS
        while not holds():
            self.assertLess(time.monotonic(), end, message)
            time.sleep(0.02)
