# SPDX-License-Identifier: MIT
"""What the tests in Python share: where builds are, how programs are compiled and run with the shim preloaded or without."""
import atexit
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MSHIM_BUILD", TOP / "build")).resolve()
MSHIM = os.environ.get("MSHIM", str(BUILD / "bin/mshim"))
FULL = bool(os.environ.get("MSHIM_TEST_FULL"))
LIBCS = ("musl", "glibc")
ALLOCATORS = ("mimalloc", "jemalloc", "mallocng", "system")
COMPILERS = {"glibc": "gcc", "musl": str(BUILD / "toolchain/bin/musl-gcc")}
SECONDS = 60

_scratch = tempfile.mkdtemp(prefix="mshim-tests-")
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)


def library(libc):
    return str(BUILD / libc / "lib/libmshim.so")


def other(libc):
    return "glibc" if libc == "musl" else "musl"


def scratch_folder():
    """A new folder that is gone when the tests end."""
    return pathlib.Path(tempfile.mkdtemp(dir=_scratch))


@functools.lru_cache(maxsize=None)
def program(libc, source, *flags):
    """Path of a program: SOURCE, compiled for a libc."""
    out = str(scratch_folder() / f"{source.stem}-{libc}")
    subprocess.run([COMPILERS[libc], "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-fno-builtin", "-Wall", "-Wextra",
                    "-Wno-deprecated-declarations", "-Wno-use-after-free", "-I", str(TOP / "include"), *flags, "-o", out, str(source),
                    "-pthread"], check=True)
    for readable in _scratch, os.path.dirname(out):  # by other users too
        os.chmod(readable, 0o755)
    return out


def twin(libc):
    """CPython of a libc; the test is skipped where it was not built."""
    path = BUILD / f"python-{libc}/bin/python3"
    if not path.exists():
        raise unittest.SkipTest(f"{path} is not there")
    return str(path)


def environment(libc=None, **variables):
    """What is set in this process, less what is ours, the loader's or Python's; `libc` None: nothing is preloaded."""
    ours = ("MSHIM_", "LD_", "PYTHON", "MALLOC_", "MIMALLOC_", "GLIBC_")
    values = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    if libc:
        values["LD_PRELOAD"] = library(libc)
    values.update({name: str(value) for name, value in variables.items()})
    return values


def run(command, libc=None, *, cwd=None, preexec_fn=None, stderr=subprocess.PIPE, seconds=SECONDS, **variables):
    return subprocess.run(command, env=environment(libc, **variables), cwd=cwd, preexec_fn=preexec_fn, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=stderr, timeout=seconds)


def act_program(libc):
    return program(libc, TOP / "tests/support/programs/act.c")


def table(path, macro):
    """Rows of a .def file: lists of the fields before the first text."""
    text = re.sub(r"/\*.*?\*/", "", (TOP / path).read_text(), flags=re.S)
    return [[field.strip() for field in row.split(",")] for row in re.findall(rf'^{macro}\(([^"\n)]*)', text, flags=re.M)]


def each(*, allocators=(None,)):
    """Runs a test for each libc (and allocator) in a subtest of its own, in an empty folder: test(self, libc, variables)."""
    def decorate(test):
        @functools.wraps(test)
        def all_of_them(self):
            for libc in LIBCS:
                for allocator in allocators:
                    self.empty()
                    variables = {"MSHIM_ALLOCATOR": allocator} if allocator else {}
                    with self.subTest(libc=libc, **variables):
                        test(self, libc, variables)
        return all_of_them
    return decorate


class Case(unittest.TestCase):
    """Has an empty folder for each combination that is looked at."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mshim-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def empty(self):
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def names(self):
        return sorted(os.listdir(self.folder))

    def json(self, name="r.json"):
        return json.loads((self.folder / name).read_text(encoding="utf-8"), parse_constant=self.fail)

    def assert_ended(self, done, status, stderr=b""):
        self.assertEqual((done.returncode, done.stderr), (status, stderr))

    def act(self, libc, *words, report="r.json", **variables):
        """support/programs/act.c, told what to do, in the folder."""
        if report is not None:
            variables["MSHIM_REPORT"] = report
        return run([act_program(libc), *words], libc, cwd=self.folder, **variables)
