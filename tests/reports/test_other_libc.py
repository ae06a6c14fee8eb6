# SPDX-License-Identifier: MIT
"""A program of the other libc runs as if nothing were there; with both flavours preloaded each program has its own."""
import pathlib
import subprocess
import unittest

import reporting
from reporting import harness

CTYPES = ("import ctypes, json, subprocess, sys, threading, zlib\n"
          "libc = ctypes.CDLL(None)\n"
          "libc.strdup.restype = libc.malloc.restype = ctypes.c_void_p\n"
          "libc.free.argtypes = [ctypes.c_void_p]\n"
          "p = libc.strdup(b'text'); print(ctypes.string_at(p)); libc.free(p)\n"
          "for size in (0, 1, 1000, 10 ** 6, 10 ** 8): libc.free(libc.malloc(size))\n"
          "print(json.dumps([1] * 1000)[-10:], len(zlib.compress(b'x' * 10 ** 6)))\n"
          "threads = [threading.Thread(target=lambda: [str(i) for i in range(1000)]) for i in range(4)]\n"
          "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
          "print(subprocess.run([sys.executable, '-S', '-c', 'print(1); raise SystemExit(4)'], capture_output=True))\n"
          "raise SystemExit(3)\n")


def commands(libc):
    act = harness.act_program(libc)
    yield [act, "busy", "fork", "fork_exec", "vfork_fails", "vfork_exec", "spawn", "system", "return"]
    yield [act, "exec"]
    yield [act, "quick_exit"]
    yield [act, "pthread_exit"]
    yield [act, "abort"]
    yield [act, "exit_from_thread"]
    if libc == "glibc":
        yield ["/bin/sh", "-c", "echo text; for i in 1 2 3; do /bin/true; done; /bin/ls / | head -1; /no/such 2>&1; exit 3"]
        yield ["/usr/bin/env", "-u", "LD_PRELOAD", "-u", "LD_BIND_NOW"]
        if pathlib.Path("/usr/bin/python3").exists():
            yield ["/usr/bin/python3", "-S", "-c", CTYPES]
        if pathlib.Path("/usr/bin/perl").exists():
            yield ["/usr/bin/perl", "-e", "print join(',', map { $_ x 3 } 1 .. 100), qq(\n); exit 3"]
    twin = harness.BUILD / f"python-{libc}/bin/python3"
    if twin.exists():
        yield [str(twin), "-S", "-c", CTYPES]


class OtherLibc(reporting.Case):
    @harness.each()
    def test_as_if_nothing_were_there(self, libc, variables):
        for command in commands(libc):
            bare = harness.run(command)
            self.assertTrue(bare.returncode != 127 and bare.returncode != 1, command)
            for now in ({}, {"LD_BIND_NOW": "1"}):
                with self.subTest(command=command[:2], **now):
                    done = harness.run(command, harness.other(libc), **now)
                    self.assertEqual((done.returncode, done.stdout, done.stderr), (bare.returncode, bare.stdout, bare.stderr))

    @harness.each()
    def test_no_report_no_mark_no_message(self, libc, variables):
        done = harness.run([harness.act_program(libc), "mark", "fork", "return"], harness.other(libc), cwd=self.folder,
                           MSHIM_REPORT="%p.json", MSHIM_ALLOCATOR="dlmalloc", MSHIM_VERBOSE="on")
        self.assertEqual((done.returncode, done.stderr, done.stdout.split()[1]), (5, b"", b"none"))
        self.assertEqual(self.names(), [])

    @harness.each()
    def test_counters_are_not_to_be_had(self, libc, variables):
        done = harness.run([reporting.program(libc, "exact"), "by_hand"], harness.other(libc))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"read_counters", done.stderr)

    @harness.each()
    def test_both_flavours_preloaded(self, libc, variables):
        """The program's own first: the other one passes everything on, but counters are asked of the first."""
        order = f"{harness.library(libc)}:{harness.library(harness.other(libc))}"
        for now in ({}, {"LD_BIND_NOW": "1"}):
            with self.subTest(**now):
                self.empty()
                done = harness.run([harness.act_program(libc), "fork", "return"], None, cwd=self.folder, LD_PRELOAD=order,
                                   MSHIM_REPORT="%p.json", **now)
                self.assert_ended(done, 5)
                reports = list(self.reports().values())
                self.assertEqual([report["process"]["libc"] for report in reports], [libc, libc])
                self.assertEqual(sum(report["memory"]["inherited_live_bytes"] > 0 for report in reports), 1)
                done = harness.run([reporting.program(libc, "exact"), "by_hand"], None, LD_PRELOAD=order, **now)
                lines, wrong = reporting.differences(done.stdout)
                self.assertEqual((lines > 10, wrong), (True, []))

    @harness.each()
    def test_both_flavours_in_the_other_order(self, libc, variables):
        """The other one passes on what it is asked: every end is reported."""
        order = f"{harness.library(harness.other(libc))}:{harness.library(libc)}"
        for end, status in (("return", 5), ("_exit", 5), ("vfork_fails", 5)):
            with self.subTest(end=end):
                self.empty()
                done = harness.run([harness.act_program(libc), "fork", end], cwd=self.folder, LD_PRELOAD=order, MSHIM_REPORT="r.json")
                self.assert_ended(done, status)
                self.assertEqual(self.json()["process"]["libc"], libc)

    def test_program_of_one_libc_starts_one_of_the_other(self):
        """Preloaded with both: /bin/sh has the one, its child the other; the shell is the first process."""
        both = ":".join(harness.library(name) for name in harness.LIBCS)
        command = ["/bin/sh", "-c", f"{harness.act_program('musl')} return; exit 3"]
        done = harness.run(command, None, cwd=self.folder, LD_PRELOAD=both, MSHIM_REPORT="%p.json")
        self.assert_ended(done, 3)
        self.assertEqual(sorted(report["process"]["libc"] for report in self.reports().values()), ["glibc", "musl"])
        self.empty()
        done = harness.run(command, None, cwd=self.folder, LD_PRELOAD=both, MSHIM_REPORT="r.json", MSHIM_STATS="what")
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (3, 1))
        self.assertEqual(self.json()["process"]["libc"], "glibc")

    @harness.each()
    def test_static_program(self, libc, variables):
        out = str(self.folder / "static")
        built = subprocess.run([harness.COMPILERS[libc], "-static", "-D_GNU_SOURCE", "-w", "-o", out,
                                str(harness.TOP / "tests/support/programs/act.c"), "-pthread"], capture_output=True)
        if built.returncode != 0:
            self.skipTest("no static libc")
        done = harness.run([out, "return"], libc, cwd=self.folder, MSHIM_REPORT="r.json")
        self.assert_ended(done, 5)
        self.assertEqual(self.names(), ["static"])


if __name__ == "__main__":
    unittest.main()
