# SPDX-License-Identifier: MIT
"""Builds a library and a program that uses it, for each libc; relinks the library; runs the program before and after."""
import functools
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from harness import BUILD, COMPILERS, FULL, LIBCS, MSHIM, SECONDS, TOP, environment, scratch_folder as folder  # noqa: E402, F401

DONE, COULD_BE, MISUSE, LEFT_ALONE = 0, 1, 2, 3


def run(*command, **variables):
    return subprocess.run([str(word) for word in command], env=environment(LC_ALL="C", **variables), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=SECONDS)


def relink(*arguments, **variables):
    return run(MSHIM, "relink", *arguments, **variables)


def compile_c(libc, *arguments):
    done = run(COMPILERS[libc], "-O2", "-Wall", "-Wextra", *arguments)
    if done.returncode != 0:
        raise RuntimeError(f"{libc}: {done.stderr.strip()}")


class Case:
    """programs/NAME.c: its part LIBRARY is the library, OTHER another one, and the rest the program."""

    def __init__(self, libc, name, *flags, other=None, program=()):
        """`flags` are for the library. `other`: None, "needed" by the program in front of the library, or "preloaded"."""
        self.libc = libc
        self.folder = folder()
        source = HERE / f"programs/{name}.c"
        self.library = self.folder / "libcase.so"
        self.other = self.folder / "libother.so"
        self.program = self.folder / "program"
        compile_c(libc, "-DLIBRARY", "-fPIC", "-shared", *flags, "-o", self.library, source)
        if other:
            compile_c(libc, "-DOTHER", "-fPIC", "-shared", "-o", self.other, source)
        needed = [self.other] if other == "needed" else []
        compile_c(libc, *program, "-Wl,-rpath,$ORIGIN", "-Wl,--no-as-needed", "-o", self.program, source, *needed,
                  self.library, "-pthread", "-ldl")
        self.original = self.library.read_bytes()

    def run(self, *arguments, preload=False):
        return run(self.program, *arguments, **({"LD_PRELOAD": self.other} if preload else {}))


def each_libc(test):
    """Runs a test method once for each libc, which becomes its argument."""
    @functools.wraps(test)
    def for_each(self):
        for libc in LIBCS:
            with self.subTest(libc=libc):
                test(self, libc)
    return for_each


def counts(report):
    """((direct, all) of the calls, (direct, all) of the TLS accesses) in what `mshim relink` prints."""
    found = []
    for subject in ("calls through the PLT", "accesses of thread-local variables"):
        numbers = re.search(rf"{subject}: (\d+) of (\d+)", report)
        found.append(tuple(int(number) for number in numbers.groups()) if numbers else (0, 0))
    return tuple(found)
