# SPDX-License-Identifier: MIT
"""What looks at a Python from outside, or stands before its functions, works with a relinked libpython as it did."""
import re
import shutil
import signal
import unittest

import support
from support import compile_c, run
from twins import each_twin

EVALUATION = "_PyEval_EvalFrameDefault"
DEEP = "def down(n):\n    return {end} if n == 0 else list(map(down, [n - 1]))\ndown(6)"


def frames(text):
    """Names of functions in gdb's backtrace."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\w+)", text, re.MULTILINE)


class Tools(unittest.TestCase):
    @each_twin
    def test_faulthandler(self, _, plain, relinked):
        shown = []
        for python in (plain, relinked):
            done = run(python, "-X", "faulthandler", "-c", DEEP.format(end="__import__('ctypes').string_at(0)"))
            self.assertEqual(done.returncode, -signal.SIGSEGV)
            shown.append(re.sub("0x[0-9a-f]+", "", done.stderr.replace(str(python.parent.parent), "")))
        self.assertIn("Segmentation fault", shown[0])
        self.assertEqual(shown[0].count("in down"), 7)
        self.assertEqual(*shown)

    @unittest.skipUnless(shutil.which("gdb"), "gdb is not installed")
    @each_twin
    def test_gdb(self, _, plain, relinked):
        told = []
        for python in (plain, relinked):
            done = run("gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", "set breakpoint pending on", "-ex",
                       "break abort", "-ex", "run", "-ex", "backtrace", "--args",
                       python, "-S", "-c", DEEP.format(end="__import__('os').abort()"))
            if "ptrace" in done.stderr:
                self.skipTest(f"gdb may not trace here: {done.stderr.strip()}")
            told.append([name for name in frames(done.stdout) if not name.startswith("__")])
        self.assertGreater(told[0].count(EVALUATION), 6)
        self.assertEqual(*told)

    @unittest.skipUnless(shutil.which("perf"), "perf is not installed")
    @each_twin
    def test_perf(self, _, plain, relinked):
        named = []
        for python in (plain, relinked):
            data = support.folder() / "perf.data"
            done = run("perf", "record", "-e", "cpu-clock", "-o", data, python, "-S", "-c", "sum(i * i for i in range(2000000))")
            if done.returncode != 0:
                self.skipTest(f"perf may not record here: {done.stderr.strip()[-200:]}")
            report = run("perf", "report", "-i", data, "--stdio", "--sort", "sym")
            named.append(EVALUATION in report.stdout)
        self.assertEqual(named, [True, True])

    @unittest.skipUnless(shutil.which("perf"), "perf is not installed")
    def test_perf_unwinds_from_what_takes_the_place_of_tls_get_addr(self):
        case, data = support.Case("glibc", "local_dynamic"), support.folder() / "perf.data"
        self.assertIn("a shorter function in its place", support.relink(case.library).stdout)
        source, program = case.folder / "loop.c", case.folder / "loop"
        source.write_text("long *place_of_second(void);\nvolatile long sum;\n"
                          "int main(void) { for (long i = 0; i < 100000000; i++) sum += *place_of_second(); return 0; }\n")
        compile_c("glibc", "-o", program, source, case.library, "-Wl,-rpath,$ORIGIN")
        done = run("perf", "record", "-e", "cpu-clock", "-F", "500", "--call-graph", "dwarf,1024", "-o", data, program)
        if done.returncode != 0:
            self.skipTest(f"perf may not record here: {done.stderr.strip()[-200:]}")
        stacks = run("perf", "script", "-i", data, "-F", "ip,sym").stdout.split("\n\n")
        stacks = [re.findall(r"^\s*[0-9a-f]+ (\S+)$", stack, re.MULTILINE) for stack in stacks]
        inside = [stack for stack in stacks if stack[:1] == ["__tls_get_addr@plt"]]
        self.assertGreater(len(inside), 3)
        self.assertEqual({tuple(stack[1:3]) for stack in inside}, {("place_of_second", "main")})

    @each_twin
    def test_preloaded_malloc(self, libc, plain, relinked):
        library = support.folder() / "libcounts.so"
        compile_c(libc, "-DOTHER", "-fPIC", "-shared", "-o", library, support.HERE / "programs/counts_malloc.c")
        told = [run(python, "-S", "-c", "b = [bytearray(2000) for _ in range(10000)]", PYTHONHASHSEED=0, LD_PRELOAD=library)
                for python in (plain, relinked)]
        counts = [int(re.fullmatch(r"(\d+) calls of malloc\n", done.stderr)[1]) for done in told]
        self.assertGreater(counts[0], 10000)
        self.assertAlmostEqual(counts[0], counts[1], delta=counts[0] // 100)

    @unittest.skipUnless(shutil.which("g++"), "g++ is not installed")
    def test_exception_through_relinked_code(self):
        folder, source = support.folder(), support.HERE / "programs/throws.cc"
        library, program = folder / "libthrows.so", folder / "program"
        for flags, out in ((["-DLIBRARY", "-fPIC", "-shared"], library), ([], program)):
            done = run("g++", "-O2", *flags, "-o", out, source, *([] if flags else [library, "-Wl,-rpath,$ORIGIN"]))
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run(program).returncode, 0)
        done = support.relink(library)
        (calls, _), (accesses, _) = support.counts(done.stdout)
        self.assertEqual((done.returncode, calls > 0, accesses > 0), (0, True, True), done.stdout + done.stderr)
        done = run(program)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
