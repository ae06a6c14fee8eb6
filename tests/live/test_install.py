# SPDX-License-Identifier: MIT
"""`mshim install`: what it relinks and undoes, and what is left where the disk is full or a folder may not be written to."""
import os
import pathlib
import shutil
import subprocess
import unittest

import live
from live import harness

LIBRARY = "\n".join(["int Py_Main(void) { return 0; }"] + [f"int Py_{i}(int x) {{ return Py_{i - 1}(x) + {i}; }}" for i in range(1, 40)])
PROGRAM = "int Py_39(int); int main(void) { return Py_39(1) != 781; }"


class Install(live.Case):
    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "usr"

    def install(self, *words, status=0, **options):
        return self.mshim("install", "--prefix", self.prefix, *words, status=status, **options)

    def python(self):
        """A program whose libpython has calls through its PLT."""
        library, program = self.folder / "libpython.so", self.folder / "python3"
        text = LIBRARY.replace("int Py_1(", "int Py_0(int x) { return x; }\nint Py_1(", 1)
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", library, "-x", "c", "-"], input=text.encode(), check=True)
        subprocess.run(["gcc", "-x", "c", "-", "-x", "none", "-o", program, library, f"-Wl,-rpath,{self.folder}"],
                       input=PROGRAM.encode(), check=True)
        return program, library

    def test_relinking_is_undone_byte_for_byte(self):
        program, library = self.python()
        before = library.read_bytes()
        said = self.install("--relink", program)
        self.assertIn(f"ENV LD_PRELOAD={self.prefix}/lib/libmshim.so\n", said)
        self.assertNotEqual(library.read_bytes(), before)
        subprocess.run([program], check=True)
        self.install("--relink", program)  # again
        self.install("--uninstall")
        self.assertEqual(library.read_bytes(), before)
        self.assertEqual([path for path in self.prefix.rglob("*") if not path.is_dir()], [])

    def test_what_was_relinked_before_stays_so(self):
        program, library = self.python()
        self.mshim("relink", program)
        relinked = library.read_bytes()
        self.install("--relink", program)
        self.install("--uninstall")
        self.assertEqual(library.read_bytes(), relinked)

    def test_a_python_that_is_gone_is_no_hindrance(self):
        program, library = self.python()
        self.install("--relink", program)
        program.unlink()
        library.unlink()
        self.assertIn(f"{program} is gone\n", self.install("--uninstall"))

    def test_a_full_disk_leaves_what_can_be_undone(self):
        if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            raise unittest.SkipTest("no file system can be mounted here")
        script = ('mount -t tmpfs -o size=256k none "$1" && ! "$2" install --prefix "$1/usr" 2>"$1.error" && find "$1" -type f >"$1.left" && '
                  'mkdir "$1.copy" && "$2" install --uninstall --prefix "$1/usr" && find "$1" -type f >>"$1.left"')
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", disk, live.COMMAND], stdout=subprocess.DEVNULL, check=True)
        self.assertIn("No space left on device", pathlib.Path(f"{disk}.error").read_text(encoding="utf-8"))
        self.assertEqual(pathlib.Path(f"{disk}.left").read_text(encoding="utf-8"), f"{disk}/usr/lib/mshim/installed\n")

    def test_without_permission_nothing_is_changed(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root can be somebody else")
        self.prefix.mkdir()
        os.chmod(self.folder, 0o755)
        command = self.folder / "bin/mshim"
        shutil.copytree(harness.BUILD / "glibc/lib", self.folder / "lib")
        command.parent.mkdir()
        shutil.copy(live.COMMAND, command)
        self.assertIn("Permission denied", self.install(status=1, command=command, user=65534, group=65534))
        self.assertEqual(list(self.prefix.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
