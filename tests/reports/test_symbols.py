# SPDX-License-Identifier: MIT
"""The two files as they were linked: what they take, what they give, what they say of themselves."""
import pathlib
import subprocess
import unittest

from reporting import harness

# Exported beside the malloc family and, for musl, the memory functions and those that format times and texts.
OTHERS = {"pthread_create", "thrd_create", "_Fork", "_exit", "_Exit", "prctl", "mshim_counters_read"}
FORK_HANDLERS = {"glibc": "__register_atfork", "musl": "pthread_atfork"}
# Of libraries that are in every process (the loader): allowed besides what libc.so has.
COMMON = set()


def tool(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, timeout=60).stdout


def symbols(path):
    """(name, letter, version) of the dynamic symbols."""
    found = []
    for line in tool("nm", "-D", path).splitlines():
        *_, letter, name = line.split()
        name, _, version = name.partition("@")
        found.append((name, letter, version.lstrip("@")))
    return found


def libc(name):
    if name == "glibc":
        lines = tool("ldd", "/bin/true").splitlines()
        return next(line.split()[2] for line in lines if line.split()[0] == "libc.so.6")
    compiler = pathlib.Path(harness.COMPILERS["musl"]).resolve()
    asked = pathlib.Path(tool(compiler, "-print-file-name=libc.so").strip())
    beside = compiler.parent.parent / "lib/libc.so"
    return beside if beside.exists() else asked


def exports(path):
    return {name for name, letter, _ in symbols(path) if letter not in "Uwv"}


def missing(strong, have):
    return {flavour: sorted(strong - names - COMMON) for flavour, names in have.items()}


class Symbols(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.have = {name: exports(libc(name)) for name in harness.LIBCS}

    def test_libcs_are_the_ones_meant(self):
        self.assertIn("gnu_get_libc_version", self.have["glibc"])
        self.assertNotIn("gnu_get_libc_version", self.have["musl"])
        self.assertIn("dlsym", self.have["musl"])
        for names in self.have.values():
            self.assertGreater(len(names), 1000)

    def test_what_is_needed_is_in_both_libcs(self):
        for flavour in harness.LIBCS:
            strong = {name for name, letter, _ in symbols(harness.library(flavour)) if letter == "U"}
            self.assertIn("dlsym", strong)
            self.assertEqual(missing(strong, self.have), {"musl": [], "glibc": []}, flavour)

    def test_what_one_libc_lacks_would_be_seen(self):
        self.assertEqual(missing({"dlsym", "__register_atfork"}, self.have), {"musl": ["__register_atfork"], "glibc": []})
        self.assertEqual(missing({"atexit"}, self.have)["glibc"], ["atexit"])

    def test_no_version_is_asked_for(self):
        for flavour in harness.LIBCS:
            self.assertEqual([name for name, letter, version in symbols(harness.library(flavour)) if letter in "Uwv" and version], [])

    def test_exports_are_the_tables(self):
        family = {row[0] for row in harness.table("include/mshim/functions.def", "MSHIM_FUNCTION")}
        memory = {row[0] for row in harness.table("include/mshim/memory_functions.def", "MSHIM_MEMORY_(?:COPY|FUNCTION)")}
        self.assertTrue({"malloc", "free_aligned_sized", "mallinfo2"} <= family)
        self.assertTrue({"memcpy", "strncmp"} <= memory)
        memory |= {row[0] for row in harness.table("shim/library/libc/strftime/functions.def", "STRFTIME_FUNCTION")}
        memory |= {row[0].rstrip(")") for row in harness.table("shim/library/libc/snprintf/functions.def", "SNPRINTF_FUNCTION")}
        self.assertTrue({"strftime", "snprintf"} <= memory)
        for flavour, expected, version in (("glibc", family | OTHERS, ""), ("musl", family | memory | OTHERS, "MSHIM_1")):
            given = [(name, version) for name, letter, version in symbols(harness.library(flavour)) if letter not in "UwvA"]
            self.assertEqual({name for name, _ in given}, expected | {FORK_HANDLERS[flavour]}, flavour)
            self.assertEqual({version for _, version in given}, {version}, flavour)

    def test_dynamic_section_and_segments(self):
        for flavour in harness.LIBCS:
            dynamic, segments = (tool("readelf", option, harness.library(flavour)) for option in ("-dW", "-lW"))
            for word in ("(NEEDED)", "TEXTREL", "(RPATH)", "(RUNPATH)"):
                self.assertNotIn(word, dynamic, flavour)
            self.assertIn("(SYMTAB)", dynamic)
            self.assertIn("STATIC_TLS", dynamic)
            self.assertRegex(segments, r"GNU_STACK .* RW +0x")
            self.assertNotIn("RWE", segments)
            self.assertIn("GNU_RELRO", segments)
            self.assertNotIn("INTERP", segments)

    def test_hash_tables_for_both_loaders(self):
        """musl reads either, glibc since 2.36 may be built without the old one: the new one is in both."""
        for flavour in harness.LIBCS:
            self.assertIn("(GNU_HASH)", tool("readelf", "-dW", harness.library(flavour)))

    def test_no_ifunc_and_no_packed_relocations(self):
        """musl knows no IRELATIVE, and 1.2.3 no RELR."""
        for flavour in harness.LIBCS:
            relocations = tool("readelf", "-rW", harness.library(flavour))
            self.assertIn("R_X86_64_RELATIVE", relocations)
            for word in ("IRELATIV", "COPY", ".relr.dyn", "DTPMOD", "TLSDESC"):
                self.assertNotIn(word, relocations, flavour)

    def test_notes(self):
        version = next(line.split('"')[1] for line in (harness.TOP / "include/mshim.h").read_text().splitlines()
                       if line.startswith("#define MSHIM_VERSION"))
        for flavour in harness.LIBCS:
            notes = tool("readelf", "-nW", harness.library(flavour))
            self.assertIn(".note.mshim", notes)
            data = bytes(int(pair, 16) for pair in notes.split("description data:")[1].split("\n")[0].split())
            self.assertEqual(data.rstrip(b"\0"), f"libc={flavour}\nversion={version}\n".encode())


if __name__ == "__main__":
    unittest.main()
