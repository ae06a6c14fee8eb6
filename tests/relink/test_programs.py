# SPDX-License-Identifier: MIT
"""Behaviours that relinking must keep, each by a small program for each libc: before, after, and after --undo."""
import shutil
import signal
import unittest

import support
from support import Case, counts, each_libc, relink

# Linkers write the PLT in several ways.
LINKING = {
    "lazy": ["-Wl,-z,lazy"],
    "now": ["-Wl,-z,now"],
    "second PLT": ["-fcf-protection=full", "-Wl,-z,lazy", "-Wl,-z,ibtplt"],
    "second PLT, now": ["-fcf-protection=full", "-Wl,-z,now", "-Wl,-z,ibtplt"],
    "stripped": ["-s"],
    "one segment of code and data": ["-Wl,-z,noseparate-code"],
    "old hash table": ["-Wl,--hash-style=sysv"],
    "packed relocations": ["-Wl,-z,pack-relative-relocs"],
    "no tables for unwinding": ["-fno-asynchronous-unwind-tables"],
    "no tables and no symbols": ["-fno-asynchronous-unwind-tables", "-s"],
    "lld": ["-fuse-ld=lld"],
    "mold": ["-fuse-ld=mold"],
}
# lld leaves no free entry in the dynamic section, but one that has flags can be changed.
FREE_DYNAMIC_ENTRY = {"lld": ["-Wl,-z,now"]}
# lld and mold write no unwind table for the PLT.
UNWINDS_NOT_FROM_THE_PLT = ("lld", "mold")
SHORTER = "of these call a shorter function in its place"


class Programs(unittest.TestCase):
    def passes(self, done):
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def relinked(self, case, target=None):
        """Relinks the library, which a program may lead to, and gives the report. In the end the original must come back."""
        done = relink(target or case.library)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.addCleanup(self.undone, case)
        return done.stdout

    def undone(self, case):
        if case.library.read_bytes() != case.original:
            done = relink("--undo", case.library)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(case.library.read_bytes(), case.original)

    def with_linker(self, name):
        if name in ("lld", "mold") and not shutil.which(f"ld.{name}"):
            self.skipTest(f"{name} is not installed")

    @each_libc
    def test_own_functions_are_called_directly(self, libc):
        for name, flags in LINKING.items():
            with self.subTest(linking=name):
                self.with_linker(name)
                case = Case(libc, "own_functions", *flags, other="preloaded")
                self.passes(case.run())
                self.passes(case.run(1000, preload=True))
                (direct, every), _ = counts(self.relinked(case))
                self.assertEqual((direct, every - direct >= 1), (3, True))
                self.passes(case.run())
                self.passes(case.run(1, preload=True))  # what -Bsymbolic-functions would have done, too

    @each_libc
    def test_indirect_calls_are_left_alone(self, libc):
        case = Case(libc, "own_functions", "-fno-plt", other="preloaded")
        (direct, _), _ = counts(self.relinked(case))
        self.assertEqual(direct, 0)
        self.passes(case.run(1000, preload=True))

    @each_libc
    def test_function_of_the_program_is_called(self, libc):
        case = Case(libc, "program_defines_it_too")
        self.passes(case.run())
        report = self.relinked(case, case.program)
        self.assertEqual(counts(report)[0][0], 1)
        self.assertIn("defines, too: answer", report)
        self.passes(case.run())

    @each_libc
    def test_function_of_the_library_in_front_is_called(self, libc):
        case = Case(libc, "other_library_defines_it_too", other="needed")
        self.passes(case.run())
        report = self.relinked(case, case.program)
        self.assertIn("defines, too: answer", report)
        self.passes(case.run())

    @each_libc
    def test_weak_function_can_be_replaced(self, libc):
        case = Case(libc, "weak_functions", other="preloaded")
        self.assertIn("weak functions, which may be replaced: answer", self.relinked(case))
        self.passes(case.run())
        self.passes(case.run("replaced", preload=True))

    @each_libc
    def test_malloc_family_can_be_replaced(self, libc):
        case = Case(libc, "malloc_family", other="preloaded")
        self.assertIn("to the malloc family, which preloaded libraries replace: pvalloc", self.relinked(case))
        self.passes(case.run())
        self.passes(case.run("replaced", preload=True))

    @each_libc
    def test_protected_functions_stay_bound(self, libc):
        case = Case(libc, "protected_functions")
        self.passes(case.run())
        self.assertEqual(counts(relink(case.library).stdout)[0][0], 0)
        self.passes(case.run())

    def test_functions_that_are_chosen_when_loaded_stay_so(self):
        case = Case("glibc", "chosen_functions")  # musl has no IFUNC
        self.passes(case.run())
        self.assertIn("1 go to functions that are chosen when it is loaded (IFUNC): answer", self.relinked(case))
        self.passes(case.run())

    @each_libc
    def test_functions_of_several_versions_are_left_alone(self, libc):
        versions = support.folder() / "versions"
        versions.write_text("VERSION_1 { global: answer; }; VERSION_2 { global: answer; ask; };")
        case = Case(libc, "several_versions", f"-Wl,--version-script={versions}")
        self.passes(case.run())
        self.assertIn("that it has in several versions: answer", self.relinked(case))
        self.passes(case.run())

    @each_libc
    def test_variables_and_pointers_of_a_program_at_a_fixed_address(self, libc):
        case = Case(libc, "copy_relocations", program=["-no-pie", "-fno-pie"])
        self.passes(case.run())
        self.assertEqual(counts(self.relinked(case))[0][0], 1)
        self.passes(case.run())

    @each_libc
    def test_thread_local_variables(self, libc):
        for flags in ([], ["-fno-plt"], ["-s"], ["-mtls-dialect=gnu2"]):
            with self.subTest(flags=flags):
                case = Case(libc, "thread_local_variables", *flags)
                self.passes(case.run())
                _, (direct, every) = counts(self.relinked(case))
                descriptors = "-mtls-dialect=gnu2" in flags
                self.assertEqual((direct, every > 0), (every, not descriptors))
                shown = support.run("readelf", "-d", "-r", "-W", case.library).stdout
                self.assertEqual(("STATIC_TLS" in shown, "TPOFF64" in shown), (not descriptors, not descriptors))
                self.assertNotIn("DTPMOD64", shown)
                self.passes(case.run())

    @each_libc
    def test_thread_local_variables_are_left_alone_if_asked_for(self, libc):
        case = Case(libc, "thread_local_variables")
        self.assertIn("left alone (--keep-tls)", relink("--keep-tls", case.library).stdout)
        self.assertEqual(case.library.read_bytes(), case.original)
        self.passes(case.run())

    @each_libc
    def test_thread_local_variable_of_the_program_is_used(self, libc):
        case = Case(libc, "thread_local_variable_of_the_program")
        self.passes(case.run())
        self.assertEqual(counts(self.relinked(case))[1], (1, 1))
        self.passes(case.run())

    @each_libc
    def test_thread_local_variable_of_another_library_is_left_alone(self, libc):
        case = Case(libc, "thread_local_variable_of_another_library", other="needed")
        self.passes(case.run())
        self.assertIn("variable is another library's", self.relinked(case))
        self.assertEqual(case.library.read_bytes(), case.original)

    @each_libc
    def test_tls_access_that_is_entered_in_its_middle_is_left_alone(self, libc):
        case = Case(libc, "tls_access_that_is_entered")
        self.passes(case.run())
        direct, every = counts(self.relinked(case))[1]
        self.assertEqual((direct, every), (0, 2))
        self.passes(case.run())

    @each_libc
    def test_dynamic_section_without_room(self, libc):
        full = "-Wl,--spare-dynamic-tags=1"
        case = Case(libc, "thread_local_variables", full)
        self.assertIn("the dynamic section has no free entry for DT_FLAGS", self.relinked(case))
        self.passes(case.run())
        case = Case(libc, "thread_local_variables", full, "-Wl,-z,now")  # DT_FLAGS is there
        direct, every = counts(self.relinked(case))[1]
        self.assertEqual(direct, every)
        self.passes(case.run())

    @each_libc
    def test_two_variables_of_one_block(self, libc):
        for flags in ([], ["-fno-plt"]):
            with self.subTest(flags=flags):
                case = Case(libc, "two_of_one_block", *flags)
                self.passes(case.run())
                report = self.relinked(case)
                direct, every = counts(report)[1]
                self.assertEqual((every > 0, direct), (True, every))
                self.passes(case.run())

    @each_libc
    def test_local_dynamic_accesses(self, libc):
        """As GCC 13 and newer write them: a function of ours takes the place of __tls_get_addr in its PLT entry."""
        for name, flags in LINKING.items():
            with self.subTest(linking=name):
                self.with_linker(name)
                case = Case(libc, "local_dynamic", *flags, *FREE_DYNAMIC_ENTRY.get(name, []))
                self.passes(case.run())
                report = self.relinked(case)
                self.assertEqual((counts(report)[1], f"1 {SHORTER}" in report), ((3, 3), True), report)
                self.passes(case.run())
                self.assertNotEqual(case.library.read_bytes()[:len(case.original)], case.original)
                self.assertEqual(support.run("strip", case.library).returncode, 0)
                self.passes(case.run())
                again = relink(case.library)
                self.assertEqual((again.returncode, counts(again.stdout)[1]), (0, (0, 0)))
                self.assertIn("there is nothing to relink in it", again.stdout)
                case.library.write_bytes(case.original)

    @each_libc
    def test_local_dynamic_accesses_where_the_plt_entry_stays_in_use(self, libc):
        """The function is put into the padding behind another one, if there is some."""
        for flags, reason in (("-DOTHERS", "others is another library's"), ("-DPOINTER", "")):
            for place in ("-DPADDING", "-UPADDING"):
                with self.subTest(flags=flags, place=place):
                    case = Case(libc, "local_dynamic", flags, place)
                    self.passes(case.run())
                    report = self.relinked(case)
                    placed, others = place == "-DPADDING", flags == "-DOTHERS"
                    self.assertEqual(counts(report)[1], (3 * placed, 3 + others))
                    self.assertEqual(SHORTER in report, placed)
                    self.assertIn(reason, report)
                    self.assertEqual("3 stay: the TLS access at " in report, not placed)
                    self.passes(case.run())
                    self.assertEqual(support.run("strip", "-o", case.folder / "stripped", case.library).returncode, 0)
                    relinked = case.library.read_bytes()
                    case.library.write_bytes((case.folder / "stripped").read_bytes())
                    self.passes(case.run())
                    case.library.write_bytes(relinked)

    @each_libc
    def test_local_dynamic_accesses_whose_ends_are_entered(self, libc):
        """By a jump, a table and a pointer: these three, and one without a variable near, call the shorter function."""
        for flags in ([], ["-Wl,-z,pack-relative-relocs"], ["-s"]):
            with self.subTest(flags=flags):
                case = Case(libc, "local_dynamic", "-DENTERED", *flags)
                self.passes(case.run())
                report = self.relinked(case)
                self.assertEqual((counts(report)[1], f"    4 {SHORTER}" in report), ((6, 6), True), report)
                self.passes(case.run())

    @each_libc
    def test_local_dynamic_accesses_are_left_alone_if_asked_for(self, libc):
        case = Case(libc, "local_dynamic")
        self.assertIn("left alone (--keep-tls)", relink("--keep-tls", case.library).stdout)
        self.assertEqual(case.library.read_bytes(), case.original)

    def test_unwinding_from_each_instruction_of_a_tls_access(self):
        for name, flags in {**LINKING, "padding": ["-DOTHERS", "-DPADDING"]}.items():
            if name.startswith("no tables") or name == "one segment of code and data":
                continue
            with self.subTest(linking=name):
                self.with_linker(name)
                case = Case("glibc", "local_dynamic", *flags, *FREE_DYNAMIC_ENTRY.get(name, []))
                program = case.folder / "steps"
                support.compile_c("glibc", "-O2", "-o", program, support.HERE / "programs/single_step.c",
                                  *(["-DOTHERS"] if "-DOTHERS" in flags else []), case.library, "-Wl,-rpath,$ORIGIN")
                before = support.run(program)
                if name not in UNWINDS_NOT_FROM_THE_PLT:
                    self.assertEqual((before.returncode, before.stderr), (0, ""))
                self.assertEqual(counts(self.relinked(case))[1][0], 3)
                after = support.run(program)
                if name not in UNWINDS_NOT_FROM_THE_PLT:
                    self.assertEqual((after.returncode, after.stderr), (0, ""))
                    self.assertLess(int(after.stdout), 40)

    @each_libc
    def test_library_that_is_opened_late(self, libc):
        case = Case(libc, "opened_late")
        program = case.folder / "opens"
        support.compile_c(libc, "-o", program, support.HERE / "programs/opened_late.c", "-ldl")
        self.passes(support.run(program, case.library))
        report = self.relinked(case)
        done = support.run(program, case.library)
        # musl 1.2.5 says why with a name that it has not set: built by some compilers it dies of that.
        self.assertIn(done.returncode, (2, -signal.SIGSEGV) if libc == "musl" else (0,))
        self.assertEqual("musl refuses" in report, libc == "musl")
        self.assertEqual(relink("--keep-tls", case.library).returncode, 0)
        self.passes(support.run(program, case.library))

    def test_unwinding_through_relinked_code(self):
        case = Case("glibc", "unwinding", "-fno-inline", "-fno-optimize-sibling-calls")
        self.passes(case.run())
        (direct, _), (accesses, _) = counts(self.relinked(case))
        self.assertTrue(direct > 0 and accesses > 0)
        self.passes(case.run())


if __name__ == "__main__":
    unittest.main()
