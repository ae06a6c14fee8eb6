# SPDX-License-Identifier: MIT
"""The command line: what is accepted, and that a refusal names the option, the value and what is accepted."""

import sys
import unittest

import support
from engine import arms, options
from engine.errors import UsageError


class Options(unittest.TestCase):
    def refused(self, *arguments):
        with self.assertRaises(UsageError) as caught:
            options.parse(list(arguments))
        return str(caught.exception)

    def test_quick_is_the_default_and_runs_every_workload(self):
        chosen = options.parse([])
        self.assertEqual(chosen.mode, "quick")
        self.assertNotIn("price", chosen.parts)
        self.assertGreaterEqual(len(chosen.workloads), 36)
        names = [arm.name for arm in chosen.arms]
        self.assertEqual(names, ["glibc", "glibc-again", "musl", "musl+jemalloc", "musl+mimalloc", "musl+mshim"])

    def test_full_runs_every_arm_and_the_price(self):
        chosen = options.parse(["--full"])
        self.assertEqual(chosen.arms, list(arms.TWINS))
        self.assertIn("price", chosen.parts)

    def test_reference_is_always_measured_and_first(self):
        self.assertEqual([arm.name for arm in options.parse(["--arms", "musl"]).arms], ["glibc", "musl"])
        self.assertEqual([arm.name for arm in options.parse(["--arms=musl,glibc"]).arms], ["glibc", "musl"])

    def test_sets(self):
        frozen, second, both = (options.parse(["--set", name]).workloads for name in ("frozen", "second", "both"))
        self.assertEqual([w.name for w in options.parse([]).workloads], [w.name for w in frozen])
        self.assertEqual({w.set for w in frozen}, {"frozen"})
        self.assertEqual({w.set for w in second}, {"second"})
        self.assertEqual(both, frozen + second)
        self.assertEqual(options.parse(["--full"]).workloads, both)
        self.assertEqual([w.name for w in options.parse(["--only", "heap_and_bisect,csv_rows"]).workloads], ["csv_rows", "heap_and_bisect"])

    def test_price_alone(self):
        chosen = options.parse(["--only", "price"])
        self.assertEqual((chosen.workloads, chosen.parts), ([], ("price",)))

    def test_own_interpreter(self):
        chosen = options.parse(["--python", sys.executable])
        self.assertEqual([arm.name for arm in chosen.arms], ["bare", "bare-again", "jemalloc", "mimalloc", "mshim"])

    def test_published_compares_what_people_choose_between(self):
        chosen = options.parse(["--published"])
        names = [arm.name for arm in chosen.arms]
        self.assertEqual(names[:3], ["slim", "slim-again", "alpine"])
        self.assertIn("alpine+mshim+relinked", names)
        self.assertEqual(options.parse(["--published", "--full"]).parts, ())

    def test_refusals(self):
        for words, expected in (
            (["--only", "nope"], ["--only", "'nope'", "json_dumps_ints", "price"]),
            (["--arms", "musl,nope"], ["--arms", "'nope'", "musl+mshim"]),
            (["--python", sys.executable, "--arms", "musl"], ["--arms", "'musl'", "bare", "mshim"]),
            (["--python", "/no/such"], ["--python", "'/no/such'"]),
            (["--python", sys.executable, "--only", "price"], ["--only", "price", "--python"]),
            (["--published", "--arms", "musl"], ["--arms", "'musl'", "slim", "alpine+mshim"]),
            (["--published", "--only", "price"], ["--only", "price", "--published"]),
            (["--published", "--python", sys.executable], ["--published", "--python"]),
            (["--fast"], ["'--fast'", "--quick", "--full", "--only", "--arms", "--python"]),
            (["--set", "third"], ["--set", "'third'", "frozen, second, both"]),
            (["--set", "second", "--real"], ["--set", "--real"]),
            (["--set", "second", "--only", "csv_rows"], ["--set", "--only"]),
            (["--only"], ["--only", "needs a value"]),
            (["--only", "--full"], ["--only", "needs a value"]),
            (["--arms", ","], ["--arms", "names nothing"]),
        ):
            message = self.refused(*words)
            for part in expected:
                self.assertIn(part, message)

    def test_status_2_and_nothing_on_stdout(self):
        done = support.engine("--only", "nope")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertTrue(done.stderr.startswith("bench/run: --only"))


if __name__ == "__main__":
    unittest.main()
