# SPDX-License-Identifier: MIT
"""An arm is live where the CPU time goes, or it is void."""
import unittest

import support
from support import Case, library, work


class Arms(Case):
    def arms(self, *words, status=0, arms="none,jemalloc"):
        result = self.result("-n", "2", "-a", arms, "--", *words, status=status)
        return {arm["name"]: arm for arm in result["arms"]}, result

    def assert_live(self, *words, libc="glibc", arm="jemalloc", arms="none,jemalloc"):
        found, result = self.arms(*words, arms=arms)
        self.assertNotIn("void", found[arm])
        self.assertEqual(result["versions"]["libc"], libc)
        self.assertEqual(len(found[arm]["runs"]), 2)
        return found[arm]

    def assert_void(self, because, *words, arm="jemalloc", arms="none,jemalloc"):
        found, _ = self.arms(*words, status=1, arms=arms)
        self.assertIn(because, found[arm]["void"])
        self.assertNotIn("runs", found[arm])

    def test_programs_of_both_libcs(self):
        for libc in ("glibc", "musl"):
            with self.subTest(libc=libc):
                arm = self.assert_live(work(libc), 1000, libc=libc)
                self.assertIn(f"/{libc}/", arm["library"])

    def test_through_a_shell_that_stays(self):
        self.assert_live("sh", "-c", f"{work()} 1000; true")

    def test_through_a_shell_of_another_libc(self):
        self.assert_live("sh", "-c", f"{work('musl')} 1000; true", libc="musl")

    def test_through_env_and_exec(self):
        self.assert_live("env", "A=1", "sh", "-c", f"exec {work()} 1000")

    def test_through_an_entry_script(self):
        self.assert_live(self.script("entry", f"#!/bin/sh\n'''exec' {work()} 1000\n'''"))

    def test_through_a_script_without_an_interpreter(self):
        self.assert_live(self.script("plain", f"{work()} 1000\n"))

    def test_through_a_static_launcher(self):
        self.assert_live(work("musl", "-static"), "start", work(), 1000)

    def test_static_programs_are_void(self):
        self.assert_void("static", work("musl", "-static"), 1000)

    def test_a_dropped_preload_is_void(self):
        self.assert_void("LD_PRELOAD was not set", "sh", "-c", f"unset LD_PRELOAD; {work()} 1000 60; true")

    def test_a_preload_dropped_for_a_short_program_is_void(self):
        self.assert_void("without LD_PRELOAD", "env", "-u", "LD_PRELOAD", "true")

    def test_shim_put_in_by_the_command_voids_the_bare_arm(self):
        code = f"LD_PRELOAD={support.BUILD}/glibc/lib/libmshim.so {work()} 1000 60; true"
        found, _ = self.arms("sh", "-c", code, status=1)
        self.assertIn("must not be", found["none"]["void"])

    def test_options_of_an_arm_reach_the_program(self):
        arm = "jemalloc+MSHIM_MEMFUNCS=off+MALLOC_CONF=narenas:1,tcache:false"
        code = f"""case $MSHIM_ALLOCATOR,$MSHIM_REPORT,$MSHIM_MEMFUNCS,$MALLOC_CONF,$MSHIM_STATS in
            jemalloc,,off,narenas:1,tcache:false,off) ;; # timed
            jemalloc,?*,off,narenas:1,tcache:false,) ;; # counted
            ,,,,|system,?*,,,) ;; # bare, and counted
            *) exit 9 ;;
        esac
        exec {work()} 1000"""
        found, _ = self.arms("sh", "-c", code, arms=f"none,{arm}")
        self.assertEqual(found[arm]["set"], ["MSHIM_MEMFUNCS=off", "MALLOC_CONF=narenas:1,tcache:false"])

    def test_variables_of_the_environment_do_not_count(self):
        self.variables["MSHIM_ALLOCATOR"] = "nonesuch"
        self.variables["LD_PRELOAD"] = f"{support.BUILD}/glibc/lib/libmshim.so"
        self.assert_live(work(), 1000)

    def test_another_library_is_known_by_the_map(self):
        path = library()
        arm = self.assert_live(work(), 1000, arm=path, arms=f"none,{path}")
        self.assertEqual((arm["kind"], arm["library"]), ("library", path))

    def test_a_library_that_is_dropped_is_void(self):
        path = library()
        self.assert_void("not mapped", "sh", "-c", f"unset LD_PRELOAD; {work()} 1000 60; true", arm=path, arms=f"none,{path}")

    def test_void_arms_do_not_keep_others_from_being_compared(self):
        found, _ = self.arms(work("musl", "-static"), 1000, arms="none,jemalloc,none")
        self.assertIn("void", found["jemalloc"])
        self.assertEqual(len(found["none-again"]["runs"]), 2)

    def test_what_cannot_be_preloaded_is_refused(self):
        for path, because in (("/nonesuch.so", "No such file"), (__file__, "is no library"), (work(), "is no library"),
                              (f"{support.BUILD}/glibc/lib/libmshim.so", "is the shim itself")):
            with self.subTest(path=path):
                _, err = self.compare("-a", f"none,{path}", "--", "true", status=2)
                self.assertIn(because, err)


if __name__ == "__main__":
    unittest.main()
