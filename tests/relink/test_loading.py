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


if __name__ == "__main__":
    unittest.main()
