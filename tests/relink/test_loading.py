# SPDX-License-Identifier: MIT
"""What a loader finds, mshim finds; what a loader can no longer load is said."""
import unittest

import support
from support import compile_c, each_libc, relink, run


class Loading(unittest.TestCase):
    @each_libc
    def test_library_that_is_found_by_the_program_alone(self, libc):
        """The program's search path leads to two libraries; the first needs the second and has no search path."""
        folder = support.folder()
        (folder / "libraries").mkdir()
        first, second, program = folder / "libraries/libfirst.so", folder / "libraries/libsecond.so", folder / "program"
        for path, text in ((second, "int second(void) { return 2; }"),
                           (first, "int second(void); int first(void) { return second(); }"),
                           (program, "int first(void); int second(void);\nint main(void) { return first() - second(); }")):
            source = folder / f"{path.stem}.c"
            source.write_text(text)
            flags = {second: ["-shared", "-fPIC", "-Wl,-soname,libsecond.so"],
                     first: ["-shared", "-fPIC", "-Wl,-soname,libfirst.so", second],
                     program: [first, second, "-Wl,--enable-new-dtags,-rpath,$ORIGIN/libraries"]}[path]
            compile_c(libc, "-o", path, source, *flags)
        self.assertEqual(run(program).returncode, 0)
        done = relink("--check", program)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_more_thread_local_variables_than_glibc_opens_late(self):
        folder = support.folder()
        opens, source = folder / "opens", folder / "large.c"
        compile_c("glibc", "-o", opens, support.HERE / "programs/opens.c", "-ldl")
        for size, said in ((16, False), (65536, True)):
            with self.subTest(size=size):
                library = folder / f"lib{size}.so"
                source.write_text(f"__thread char large[{size}];\nchar *at(int i) {{ return &large[i]; }}\n")
                compile_c("glibc", "-shared", "-fPIC", "-o", library, source)
                self.assertEqual(run(opens, library).returncode, 0)
                done = relink(library)
                self.assertEqual((done.returncode, "glibc refuses from now on" in done.stdout), (0, said))
                self.assertEqual(run(opens, library).returncode, 1 if said else 0)
                self.assertEqual(relink("--keep-tls", library).returncode, 0)
                self.assertEqual(run(opens, library).returncode, 0)


if __name__ == "__main__":
    unittest.main()
