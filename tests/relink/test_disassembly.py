# SPDX-License-Identifier: MIT
"""The twins' libpython before and after relinking, as binutils see it: only what is meant to change has changed."""
import os
import shutil
import unittest

import support
from disassembly import Comparison, File, Wrong
from support import Case, LIBCS, counts, relink

FULL = "MSHIM_TEST_FULL" in os.environ


def libpython(libc):
    found = sorted((support.BUILD / f"python-{libc}/lib").glob("libpython3.*.so.1.0"))
    if not found:
        raise unittest.SkipTest(f"there is no twin for {libc} (bench/setup/setup)")
    return found[0]


def copies(path):
    """Two of a file, of the same name."""
    places = [support.folder() / path.name for _ in range(2)]
    for place in places:
        shutil.copy2(path, place)
    return places


class Libpython(unittest.TestCase):
    def compared(self, libc, *flags):
        before, after = copies(libpython(libc))
        done = relink(*flags, after)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = Comparison(File(before), File(after))
        (calls, _), (accesses, every) = counts(done.stdout)
        self.assertEqual((found.calls, found.accesses), (calls, accesses))
        self.assertGreater(calls, 30000)
        self.assertEqual(found.left(), {}, "its own functions that are still called through the PLT")
        if "--keep-tls" in flags:
            self.assertEqual((found.accesses, found.flag), (0, False))
        else:
            self.assertEqual((accesses > 1000, every - accesses, found.flag), (True, 0, True))
        self.assertEqual(relink("--undo", after).returncode, 0)
        self.assertEqual(after.read_bytes(), before.read_bytes())

    def test_only_what_is_meant_has_changed(self):
        for libc in LIBCS if FULL else LIBCS[:1]:
            with self.subTest(libc=libc):
                self.compared(libc)

    @unittest.skipUnless(FULL, "long: set MSHIM_TEST_FULL")
    def test_calls_alone(self):
        for libc in LIBCS:
            with self.subTest(libc=libc):
                self.compared(libc, "--keep-tls")


class Check(unittest.TestCase):
    """What must be seen is seen: relinked libraries with one more change."""

    @staticmethod
    def relinked(name, *flags):
        for flag in flags:
            if flag.startswith("-fuse-ld=") and not shutil.which(f"ld.{flag.partition('=')[2]}"):
                raise unittest.SkipTest(f"{flag}: that linker is not installed")
        case = Case("glibc", name, *flags)
        before, after = copies(case.library)
        if relink(after).returncode != 0:
            raise AssertionError("not relinked")
        return before, after

    def patched(self, before, after, at, now):
        contents = bytearray(after.read_bytes())
        self.assertNotEqual(contents[at:at + len(now)], now)
        contents[at:at + len(now)] = now
        after.write_bytes(contents)
        with self.assertRaises(Wrong) as raised:
            Comparison(File(before), File(after))
        return str(raised.exception)

    def changed(self, before, after, section):
        """The first offset in a section that relinking has changed."""
        place = next(part for part in File(before).sections if part.name == section)
        old, new = before.read_bytes(), after.read_bytes()
        return next(at for at in range(place.offset, place.offset + place.size) if old[at] != new[at])

    def test_all_forms_of_entries(self):
        for flags in ((), ("-Wl,-z,now",), ("-fcf-protection=full", "-Wl,-z,ibtplt"), ("-fuse-ld=lld",), ("-fuse-ld=mold",)):
            with self.subTest(flags=flags):
                before, after = self.relinked("own_functions", *flags)
                found = Comparison(File(before), File(after))
                self.assertEqual((found.calls, found.accesses, found.flag), (3, 0, False))
        for flags in ((), ("-fno-plt",)):
            with self.subTest(flags=flags):
                before, after = self.relinked("thread_local_variables", *flags)
                found = Comparison(File(before), File(after))
                self.assertEqual((found.calls, found.accesses > 0, found.flag), (0, True, True))
        for flags in ((), ("-Wl,-z,now",), ("-fcf-protection=full", "-Wl,-z,ibtplt"), ("-fuse-ld=lld", "-Wl,-z,now"),
                      ("-fuse-ld=mold",), ("-DOTHERS", "-DPADDING"), ("-DPOINTER", "-DPADDING")):
            with self.subTest(flags=flags):
                before, after = self.relinked("local_dynamic", *flags)
                found = Comparison(File(before), File(after))
                self.assertEqual((found.calls, found.accesses, found.inline, found.flag, found.stub is not None),
                                 (0, 3, 2, True, True))

    def test_call_of_another_place_is_seen(self):
        before, after = self.relinked("own_functions")
        at = self.changed(before, after, ".text")
        self.patched(before, after, at, bytes([after.read_bytes()[at] ^ 0x10]))

    def test_instruction_is_seen(self):
        before, after = self.relinked("own_functions")
        text = next(part for part in File(before).sections if part.name == ".text")
        self.patched(before, after, text.offset + text.size - 1, b"\xcc" if before.read_bytes()[text.offset + text.size - 1] !=
                     0xcc else b"\x90")

    def test_data_are_seen(self):
        before, after = self.relinked("own_functions")
        place = next(part for part in File(before).sections if part.name == ".dynstr")
        self.patched(before, after, place.offset + 1, b"\x01")

    def test_offset_of_another_variable_is_seen(self):
        before, after = self.relinked("thread_local_variables")
        relocation = self.changed(before, after, ".rela.dyn")
        addend = relocation - relocation % 8 + 8
        value = after.read_bytes()[addend]
        self.patched(before, after, addend, bytes([value ^ 4]))

    def test_missing_flag_is_seen(self):
        before, after = self.relinked("thread_local_variables")
        at = self.changed(before, after, ".dynamic")
        old, new = before.read_bytes(), after.read_bytes()
        end = max(i for i in range(at, at + 16) if old[i] != new[i]) + 1
        self.patched(before, after, at, old[at:end])


if __name__ == "__main__":
    unittest.main()
