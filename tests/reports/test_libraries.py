# SPDX-License-Identifier: MIT
"""The two files as they were linked, and each in a process of the other libc."""
import pathlib
import re
import subprocess
import unittest

from reports import support

OTHERS = {"pthread_create", "_exit", "_Exit", "mshim_counters_read"}


def names_in(path, macro):
    text = (support.TOP / path).read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return set(re.findall(rf"^{macro}\((\w+),", text, flags=re.M))


def symbols(path, *options):
    out = subprocess.run(["nm", "-D", *options, path], check=True, capture_output=True, text=True).stdout
    return [line.split()[-2:] for line in out.splitlines()]


def libc_symbols():
    glibc = subprocess.run(["gcc", "-print-file-name=libc.so.6"], check=True, capture_output=True, text=True).stdout.strip()
    musl = pathlib.Path(support.COMPILERS["musl"]).resolve().parent.parent / "lib/libc.so"
    return {libc: {name.split("@")[0] for _, name in symbols(path, "--defined-only")}
            for libc, path in (("glibc", glibc), ("musl", str(musl)))}


class Libraries(unittest.TestCase):
    def test_exports_are_those_of_the_tables(self):
        family = names_in("include/mshim/functions.def", "MSHIM_FUNCTION")
        memory = names_in("shim/memory/functions.def", "MEMORY_(?:COPY|FUNCTION)")
        self.assertIn("malloc", family)
        self.assertIn("memcpy", memory)
        for libc, expected in (("glibc", family | OTHERS), ("musl", family | memory | OTHERS)):
            exported = {name.split("@")[0] for kind, name in symbols(support.library(libc), "--defined-only") if kind != "A"}
            self.assertEqual(exported, expected, libc)

    def test_nothing_is_needed_that_one_libc_lacks(self):
        available = libc_symbols()
        self.assertGreater(min(len(names) for names in available.values()), 1000)
        for libc in support.LIBCS:
            needed = {name.split("@")[0] for kind, name in symbols(support.library(libc), "--undefined-only") if kind == "U"}
            self.assertIn("dlsym", needed)
            for other, names in available.items():
                self.assertEqual(needed - names, set(), f"{libc} flavour, missing in {other}")

    def test_no_library_is_named_and_nothing_is_writable_and_executable(self):
        for libc in support.LIBCS:
            dynamic = subprocess.run(["readelf", "-dlW", support.library(libc)], check=True, capture_output=True, text=True).stdout
            self.assertNotIn("NEEDED", dynamic)
            self.assertNotIn("TEXTREL", dynamic)
            self.assertRegex(dynamic, r"GNU_STACK .* RW ")
            self.assertNotIn("RWE", dynamic)


class OtherLibc(unittest.TestCase):
    CODE = ("import ctypes; c = ctypes.CDLL(None); c.strdup.restype = ctypes.c_void_p; p = c.strdup(b'text');"
            "print(ctypes.string_at(p)); c.free(ctypes.c_void_p(p)); c.malloc.restype = ctypes.c_void_p;"
            "c.free(ctypes.c_void_p(c.malloc(100000))); import json; print(json.dumps([1] * 3))")

    def test_program_of_the_other_libc_runs_as_if_nothing_were_there(self):
        for libc, other in (("glibc", "musl"), ("musl", "glibc")):
            commands = [[support.program(libc, "ends"), "fork"]]
            python = "/usr/bin/python3" if libc == "glibc" else str(support.BUILD / "python-musl/bin/python3")
            commands.append([python, "-c", self.CODE])
            for command in commands:
                for now in ({}, {"LD_BIND_NOW": "1"}):
                    with self.subTest(libc=libc, command=command, now=now):
                        bare = subprocess.run(command, capture_output=True)
                        done = support.run(command, other, **now)
                        self.assertEqual((done.returncode, done.stdout, done.stderr), (bare.returncode, bare.stdout, bare.stderr))


if __name__ == "__main__":
    unittest.main()
