# SPDX-License-Identifier: MIT
"""The shim beside other libraries: preloaded, linked, opened; secure execution."""
import os
import pathlib
import shutil
import subprocess
import unittest

import reporting
from reporting import harness

SOURCES = reporting.HERE / "programs"
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O1", "-fno-builtin", "-Wall", "-Wextra", "-I", str(harness.TOP / "include"), "-pthread"]


class Beside(reporting.Case):
    def build(self, libc, out, *sources, flags=()):
        path = self.folder / out
        subprocess.run([harness.COMPILERS[libc], *FLAGS, *flags[:1], "-o", str(path), *(str(SOURCES / name) for name in sources),
                        *flags[1:]], check=True)
        return str(path)

    def library(self, libc, name, *flags):
        return self.build(libc, f"lib{name}.so", f"{name}.c", flags=("-shared", "-fPIC", *flags))

    @harness.each(allocators=harness.ALLOCATORS)
    def test_library_that_allocates_first(self, libc, variables):
        library = self.library(libc, "beside_library")
        program = self.build(libc, "linked", "beside_linked.c", flags=("-Wl,--no-as-needed", library, f"-Wl,-rpath,{self.folder}"))
        self.assert_ended(harness.run([program], libc, **variables), 9)
        self.assert_ended(harness.run([program], libc, LD_BIND_NOW="1", MSHIM_STATS="off", **variables), 9)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_preloaded_library_that_allocates_first(self, libc, variables):
        library = self.library(libc, "beside_library")
        for order in (f"{library}:{harness.library(libc)}", f"{harness.library(libc)}:{library}"):
            done = harness.run([harness.act_program(libc), "fork", "return"], None, cwd=self.folder, LD_PRELOAD=order,
                               MSHIM_REPORT="r.json", **variables)
            self.assert_ended(done, 5)
            report = self.json()
            self.assertEqual(report["shim"]["allocator"], variables["MSHIM_ALLOCATOR"])
            self.assertGreaterEqual(report["functions"]["malloc"]["requested_bytes"], 1000 + 1234)
            os.unlink(self.folder / "r.json")

    @harness.each(allocators=harness.ALLOCATORS)
    def test_libraries_that_are_opened_and_closed(self, libc, variables):
        library = self.library(libc, "beside_library")
        program = self.build(libc, "opener", "beside_opener.c", flags=("-Wl,--as-needed", "-ldl"))
        self.assert_ended(harness.run([program, library], libc, **variables), 9)

    @harness.each(allocators=harness.ALLOCATORS)
    def test_second_preload_that_passes_on(self, libc, variables):
        interposer = self.library(libc, "beside_interposer")
        command = [harness.act_program(libc), "fork", "busy", "fork_exec", "return"]
        for order in (f"{interposer}:{harness.library(libc)}", f"{harness.library(libc)}:{interposer}"):
            done = harness.run(command, None, cwd=self.folder, LD_PRELOAD=order, MSHIM_REPORT="r.json", **variables)
            self.assert_ended(done, 5)
            report = self.json()
            self.assertEqual(report["shim"]["allocator"], variables["MSHIM_ALLOCATOR"])
            self.assertGreaterEqual(report["functions"]["malloc"]["requested_bytes"], 1000)
            os.unlink(self.folder / "r.json")


@unittest.skipUnless(os.getuid() == 0, "only root can make a file of another user")
class Secure(reporting.Case):
    """A root of our own, in which the libraries lie in trusted folders, and the program gains privileges."""

    def root(self, libc):
        root = self.folder / "root"
        program = self.folder / "secure"
        subprocess.run([harness.COMPILERS[libc], *FLAGS, "-o", str(program), str(SOURCES / "beside_secure.c")], check=True)
        interpreter = next(word.strip("]") for line in subprocess.run(["readelf", "-lW", str(program)], check=True, capture_output=True,
                           text=True).stdout.splitlines() if "program interpreter" in line for word in line.split()[-1:])
        self.copy(interpreter, root / interpreter.lstrip("/"))
        if libc == "glibc":
            # The folders that this glibc trusts, without the list of Debian's multiarch ones: all the same names.
            used = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True).stdout
            trusted = pathlib.Path(next(line.split()[2] for line in used.splitlines() if line.split()[0] == "libc.so.6")).parent
            self.copy(trusted / "libc.so.6", root / str(trusted / "libc.so.6").lstrip("/"))
            self.copy(harness.library(libc), root / str(trusted / "libmshim.so").lstrip("/"))
            (root / str(trusted).lstrip("/") / "libmshim.so").chmod(0o4755)  # glibc asks for it
            preload = "libmshim.so"
        else:
            self.copy(harness.library(libc), root / "lib/libmshim.so")
            preload = "/lib/libmshim.so"
        (root / "out").mkdir()
        os.chmod(root / "out", 0o777)
        os.chmod(self.folder, 0o755)
        self.copy(program, root / "plain")
        shutil.copy(program, root / "secure")
        os.chown(root / "secure", 65534, 65534)
        os.chmod(root / "secure", 0o6755)
        return root, preload

    @staticmethod
    def copy(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(source), target)
        target.chmod(0o755)

    def start(self, root, preload, name):
        def enter():
            os.chroot(root)
            os.chdir("/out")
            os.setgid(1000)
            os.setuid(1000)
        return subprocess.Popen([f"/{name}"], preexec_fn=enter, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={"LD_PRELOAD": preload, "MSHIM_REPORT": "/out/r.json", "MSHIM_ALLOCATOR": "nonsense",
                                     "MSHIM_VERBOSE": "on"})

    @harness.each()
    def test_environment_is_ignored_and_nothing_is_written(self, libc, variables):
        root, preload = self.root(libc)
        process = self.start(root, preload, "plain")
        out, error = process.communicate(b"x", timeout=harness.SECONDS)
        self.assertEqual((process.returncode, out), (9, b"secure 0 preloaded 1 mark 1\n"), error)
        self.assertIn(b"nonsense", error)
        self.assertEqual(os.listdir(root / "out"), ["r.json"])
        os.unlink(root / "out/r.json")

        process = self.start(root, preload, "secure")
        first = process.stdout.readline()
        maps = pathlib.Path(f"/proc/{process.pid}/maps").read_text()
        out, error = process.communicate(b"x", timeout=harness.SECONDS)
        if first.startswith(b"secure 0"):
            self.skipTest("no set-user-ID here")
        # musl ignores LD_PRELOAD then; glibc takes what lies in a trusted folder and is set-user-ID itself.
        self.assertEqual((process.returncode, error), (9, b""))
        self.assertEqual(first, b"secure 1 preloaded %d mark 0\n" % (libc == "glibc"))
        self.assertEqual("memfd:mshim" in maps and "allocator=mimalloc" in maps, libc == "glibc")
        self.assertEqual(os.listdir(root / "out"), [])


if __name__ == "__main__":
    unittest.main()
