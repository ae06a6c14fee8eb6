# SPDX-License-Identifier: MIT
"""A worker that is not what its arm says must never be measured."""

import os
import tempfile
import unittest

import support  # noqa: F401
from engine import arms, places, proof
from engine.errors import BenchError

MUSL = "/x/lib/ld-musl-x86_64.so.1"
GLIBC = "/lib/x86_64-linux-gnu/libc.so.6"
SHIM = "/x/libmshim.so"
MARKER = "/memfd:mshim,version=0.1.0,libc=musl,served=yes,allocator=mimalloc,allocator_version=2.0.9,stats=on (deleted)"


def launch(name, library="", extra=None):
    arm = next(arm for arm in arms.TWINS if arm.name == name)
    environment = {**arm.environment, **(extra or {})}
    return arms.Launch(arm, arms.libc_of(arm.python), "/x/python3", library, environment)


def facts(*mapped, **values):
    return proof.Facts({"pythonmalloc": "", "objects": "pymalloc", **values}, list(mapped))


class Proof(unittest.TestCase):
    def accepted(self, what, told):
        self.assertEqual(proof.faults_of(what, told), [])

    def refused(self, what, told, part):
        with self.assertRaises(BenchError) as caught:
            proof.require(what, told)
        self.assertIn(what.arm.name, str(caught.exception))
        self.assertIn(part, str(caught.exception))

    def test_marker_is_read(self):
        marker = facts(MUSL, MARKER).marker
        self.assertEqual((marker["libc"], marker["allocator_version"], marker["stats"]), ("musl", "2.0.9", "on"))
        self.assertEqual(facts(MUSL).marker, {})

    def test_libc(self):
        self.accepted(launch("musl"), facts(MUSL))
        self.accepted(launch("glibc"), facts(GLIBC))
        self.refused(launch("musl"), facts(GLIBC), "libc is glibc")
        self.refused(launch("musl"), facts("/bin/x"), "libc is unknown")

    def test_bare_must_be_bare(self):
        self.refused(launch("musl"), facts(MUSL, MARKER), "must not be")
        self.refused(launch("musl"), facts(MUSL, SHIM), "must not be")

    def test_shim_must_serve(self):
        self.accepted(launch("musl+mshim", SHIM), facts(MUSL, SHIM, MARKER))
        self.refused(launch("musl+mshim", SHIM), facts(MUSL, SHIM), "marker is missing")
        self.refused(launch("musl+mshim", SHIM), facts(MUSL, MARKER), "not mapped")
        stepped_aside = MARKER.replace("served=yes", "served=no")
        self.refused(launch("musl+mshim", SHIM), facts(MUSL, SHIM, stepped_aside), "served=no")

    def test_allocator_and_options(self):
        what = launch("musl+jemalloc", SHIM)
        good = MARKER.replace("=mimalloc", "=jemalloc").replace("stats=on", "stats=off,memfuncs=off,python=off")
        self.accepted(what, facts(MUSL, SHIM, good))
        self.refused(what, facts(MUSL, SHIM, MARKER), "allocator=mimalloc, not jemalloc")
        self.refused(what, facts(MUSL, SHIM, good.replace("stats=off", "stats=on")), "stats=on, not off")
        self.refused(what, facts(MUSL, SHIM, good.replace("memfuncs=off", "memfuncs=on")), "memfuncs=on, not off")

    def test_other_preloads(self):
        what = launch("musl+mimalloc-alone", "/x/libmimalloc.so")
        self.accepted(what, facts(MUSL, "/x/libmimalloc.so"))
        self.accepted(what, facts(MUSL, "/x/libmimalloc.so", malloc="/x/libmimalloc.so"))
        self.refused(what, facts(MUSL), "not mapped")
        self.refused(what, facts(MUSL, "/x/libmimalloc.so", malloc=MUSL), "malloc is served by")

    def test_pythonmalloc(self):
        what = launch("musl+pymimalloc")
        self.accepted(what, facts(MUSL, pythonmalloc="mimalloc", objects="mimalloc"))
        self.refused(what, facts(MUSL, pythonmalloc="mimalloc", objects="pymalloc"), "served by pymalloc")
        self.refused(what, facts(MUSL), "PYTHONMALLOC")
        self.refused(launch("musl"), facts(MUSL, pythonmalloc="malloc"), "PYTHONMALLOC")


class Relinked(unittest.TestCase):
    """A relinked arm's libpython must be relinked, and no other arm's may be."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.places = places.Places(build=folder.name)

    def command_says(self, status):
        os.makedirs(os.path.join(self.places.build, "bin"))
        command = os.path.join(self.places.build, "bin", "mshim")
        with open(command, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\necho libpython: said $*\nexit {status}\n")
        os.chmod(command, 0o755)

    def test_arm_whose_libpython_is_as_it_should_be(self):
        self.command_says(0)
        places.check_relinked(launch("musl+mshim+relinked", SHIM), self.places)

    def test_relinked_arm_on_a_plain_libpython(self):
        self.command_says(1)
        with self.assertRaisesRegex(BenchError, "musl.mshim.relinked cannot prove.*said relink --check /x/python3"):
            places.check_relinked(launch("musl+mshim+relinked", SHIM), self.places)

    def test_plain_arm_on_a_relinked_libpython(self):
        self.command_says(0)
        with self.assertRaisesRegex(BenchError, "arm musl cannot prove"):
            places.check_relinked(launch("musl"), self.places)

    def test_python_of_the_user_may_be_either(self):
        self.command_says(0)
        arm = arms.GIVEN[0]
        places.check_relinked(arms.Launch(arm, "glibc", "/x/python3", "", {}), self.places)

    def test_relinked_python_that_set_up_could_not_make(self):
        arm = launch("glibc+relinked").arm
        self.assertIn("could not relink", self.places.lacks(arm))
        os.makedirs(os.path.join(self.places.build, "python-glibc-relinked", "bin"))
        open(os.path.join(self.places.build, "python-glibc-relinked", "bin", "python3"), "w").close()
        self.assertEqual(self.places.lacks(arm), "")


class Environment(unittest.TestCase):
    def test_options_that_the_library_does_not_know_are_left_out(self):
        class Places:
            def __init__(self, known):
                self.known = known

            def libc_of(self, arm):
                return arms.libc_of(arm.python)

            def python(self, arm):
                return "/x/python3"

            def library(self, libc, name):
                return SHIM

            def shim_options(self):
                return self.known

        arm = next(arm for arm in arms.TWINS if arm.name == "musl+mimalloc")
        young = arms.resolve(arm, Places({"MSHIM_ALLOCATOR", "MSHIM_STATS"}), "/tmp").environment
        grown = arms.resolve(arm, Places({"MSHIM_ALLOCATOR", "MSHIM_STATS", "MSHIM_MEMFUNCS"}), "/tmp").environment
        self.assertNotIn("MSHIM_MEMFUNCS", young)
        self.assertEqual(grown["MSHIM_MEMFUNCS"], "off")
        self.assertEqual(young["LD_PRELOAD"], SHIM)


if __name__ == "__main__":
    unittest.main()
