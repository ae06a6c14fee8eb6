# SPDX-License-Identifier: MIT
"""The shim beside libraries whose handlers of fork allocate, and programs with a malloc of their own."""
import unittest

import reporting
from reporting import harness
import test_beside


class BesideHandlers(reporting.Case):
    build = test_beside.Beside.build
    library = test_beside.Beside.library

    @harness.each(allocators=harness.ALLOCATORS)
    def test_linked_library_registers_handlers_of_fork_first(self, libc, variables):
        library = self.library(libc, "beside_library", "-DFORK_HANDLERS")
        flags = ("-Wl,--no-as-needed", library, f"-Wl,-rpath,{self.folder}")
        program = self.build(libc, "linked", "beside_linked.c", flags=flags)
        self.assert_ended(harness.run([program], libc, seconds=10, MSHIM_TEST_COUNT="20", **variables), 9)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_handlers_go_with_the_library_that_registered_them(self, libc, variables):
        library = self.library(libc, "beside_library", "-DFORK_HANDLERS")
        program = self.build(libc, "opener", "beside_opener.c", flags=("-Wl,--as-needed", "-ldl"))
        self.assert_ended(harness.run([program, library], libc, seconds=30, **variables), 9)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_preloaded_library_registers_handlers_of_fork_first(self, libc, variables):
        library = self.library(libc, "beside_library", "-DFORK_HANDLERS")
        for order in (f"{library}:{harness.library(libc)}", f"{harness.library(libc)}:{library}"):
            done = harness.run([harness.act_program(libc), "fork", "return"], LD_PRELOAD=order, seconds=10, **variables)
            self.assert_ended(done, 5)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_program_with_its_own_malloc_keeps_it(self, libc, variables):
        program = self.build(libc, "own", "beside_own_malloc.c")
        self.assert_ended(harness.run([program]), 9)
        done = harness.run([program], libc, cwd=self.folder, **variables)
        self.assertEqual((done.returncode, done.stderr), (9, b""))
        self.assertIn(b"served=no", done.stdout)
        self.assertIn(b"why=own-malloc", done.stdout)


if __name__ == "__main__":
    unittest.main()
