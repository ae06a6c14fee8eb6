# SPDX-License-Identifier: MIT
"""The one line about a value that cannot be used, and that nothing else is printed."""
import os
import unittest

import reporting
from reporting import harness

BAD = {"MSHIM_ALLOCATOR": "dlmalloc", "MSHIM_STATS": "yes", "MSHIM_MEMFUNCS": "1", "MSHIM_PYTHON": "maybe", "MSHIM_VERBOSE": "2",
       "MSHIM_THREAD_STACK": "big", "MSHIM_REPORT": "/", "MSHIM_DIR": "here", "MSHIM_KEEP": "1", "MSHIM_CHILDREN": "none",
       "MSHIM_HARDEN": "maximum"}


class Messages(reporting.Case):
    def assert_one_line(self, done, variable, value, status=5):
        self.assertEqual(done.returncode, status)
        self.assertEqual(done.stdout, b"")
        text = done.stderr.decode()
        self.assertEqual((text.count("\n"), text[-1:]), (1, "\n"), text)
        self.assertTrue(text.startswith("mshim: "), text)
        self.assertIn(variable, text)
        self.assertIn(value, text)
        self.assertIn("accepted", text)

    @harness.each()
    def test_every_variable_is_known_here(self, libc, variables):
        rows = harness.table("shim/shared/options/options.def", "MSHIM_(?:CHOICE|FOLDER|SWITCH|PATH|SIZE)")
        self.assertEqual(len(rows), len(harness.table("shim/shared/options/options.def", r"MSHIM_\w+")))
        text = (harness.TOP / "shim/shared/options/options.def").read_text()
        for variable in BAD:
            self.assertIn(f'"{variable}"', text)
        self.assertEqual(len(rows), len(BAD), "a new variable needs a bad value here")

    @harness.each()
    def test_one_line_and_the_default(self, libc, variables):
        self.act(libc, "return")
        usual = self.json()["shim"]["options"]
        for variable, value in BAD.items():
            self.empty()
            more = {"report": None} if variable == "MSHIM_REPORT" else {}
            self.assert_one_line(self.act(libc, "return", **more, **{variable: value}), variable, value)
            if variable != "MSHIM_REPORT":
                self.assertEqual(self.json()["shim"]["options"], usual)

    @harness.each()
    def test_once_whatever_the_process_starts_or_becomes(self, libc, variables):
        for words in (["exec"], ["fork", "return"], ["fork_exit", "return"], ["fork_exec", "return"], ["vfork_exec", "return"],
                      ["spawn", "exec"], ["vfork_fails", "return"], ["exec_fails", "return"]):
            self.assert_one_line(self.act(libc, *words, MSHIM_ALLOCATOR="dlmalloc"), "MSHIM_ALLOCATOR", "dlmalloc")

    @harness.each()
    def test_one_line_for_several(self, libc, variables):
        done = self.act(libc, "return", report=None, **BAD)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (5, 1), done.stderr)

    @harness.each()
    def test_not_by_another_than_the_first_process(self, libc, variables):
        self.assert_ended(self.act(libc, "return", MSHIM_ALLOCATOR="dlmalloc", MSHIM_FIRST="1"), 5)

    @harness.each()
    def test_hostile_value_stays_one_line(self, libc, variables):
        for value in ("a\nb", "\x1b[31m", "\udcff\udcfe", "x" * 10000, "%s%n", "On", "on ", " on", "mimalloc,jemalloc", "2.0.9"):
            done = self.act(libc, "return", MSHIM_ALLOCATOR=value)
            self.assertEqual((done.returncode, done.stderr.count(b"\n")), (5, 1), (value[:20], done.stderr[:300]))
            self.assertNotIn(b"\x1b", done.stderr)

    @harness.each()
    def test_empty_value_is_no_value(self, libc, variables):
        for variable in BAD:
            more = {"report": None} if variable == "MSHIM_REPORT" else {}
            self.assert_ended(self.act(libc, "return", **more, **{variable: ""}), 5)

    @harness.each()
    def test_closed_stderr_is_survived(self, libc, variables):
        done = harness.run([harness.act_program(libc), "return"], libc, stderr=None, preexec_fn=lambda: os.close(2),
                           MSHIM_ALLOCATOR="dlmalloc")
        self.assertEqual((done.returncode, done.stdout), (5, b""))

    @harness.each(allocators=harness.ALLOCATORS)
    def test_nothing_is_printed(self, libc, variables):
        for words in (["return"], ["fork", "fork_exec", "vfork_fails", "busy", "exit"]):
            done = self.act(libc, *words, report=None, **variables)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (5, b"", b""))
        self.assertEqual(self.names(), [])

    @harness.each(allocators=harness.ALLOCATORS)
    def test_verbose_is_one_line_a_start(self, libc, variables):
        done = self.act(libc, "return", report=None, MSHIM_VERBOSE="on", **variables)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (5, 1))
        for word in (libc, variables["MSHIM_ALLOCATOR"]):
            self.assertIn(word.encode(), done.stderr)


if __name__ == "__main__":
    unittest.main()
