# SPDX-License-Identifier: MIT
"""Growth, churn and threads: what is run, and what is made of it."""

import os
import random
import subprocess
import sys
import unittest

import support
from engine import arms, churn, cli, growth, options, part_runs, threads
from engine.errors import BenchError, UsageError
from engine.part_runs import Case, Run
from engine.places import PARTS_WORKER, Places
from engine.progress import Progress
from test_run import Quiet, launches

ARMS = ("glibc", "musl", "musl+mshim", "musl+mimalloc-alone")


class Nowhere:
    """No build: every launch is made up."""

    def __init__(self, names=ARMS):
        self.launches = [arms.Launch(arm, arm.python, "", "", {}) for arm in part_runs.PARTS if arm.name in names]


def made_up(factors, turns=5):
    return {"a case": {arm: [Run(factor * (1 + turn / 10), factor, int(factor * 1e6)) for turn in range(turns)] for arm, factor in factors.items()}}


class Evaluation(unittest.TestCase):
    def test_ratios_to_bare_to_glibc_and_to_each_alone(self):
        found = made_up({"glibc": 1.0, "musl": 3.0, "musl+mshim": 1.5, "musl+mimalloc-alone": 2.0})
        (row,) = part_runs.evaluate(Nowhere().launches, found, random.Random(1))
        self.assertEqual(row["name"], "a case")
        self.assertEqual(row["median"]["musl"]["seconds"], 3.0 * 1.2)
        self.assertEqual(set(row["to_bare"]), {"musl+mshim", "musl+mimalloc-alone"})
        self.assertEqual(set(row["to_glibc"]), {"musl", "musl+mshim", "musl+mimalloc-alone"})
        for figure in ("seconds", "cpu_seconds", "peak_bytes"):
            self.assertAlmostEqual(row["to_bare"]["musl+mshim"][figure]["median"], 0.5)
            self.assertAlmostEqual(row["to_glibc"]["musl"][figure]["high"], 3.0)
            self.assertAlmostEqual(row["to_alone"]["musl+mshim"]["musl+mimalloc-alone"][figure]["low"], 0.75)

    def test_a_value_of_0_has_no_ratio(self):
        found = {"a case": {"glibc": [Run(1.0, 0.0, 1)], "musl": [Run(1.0, 1.0, 1)]}}
        (row,) = part_runs.evaluate(Nowhere(("glibc", "musl")).launches, found, random.Random(1))
        self.assertEqual(set(row["to_glibc"]["musl"]), {"seconds", "peak_bytes"})

    def test_tables_name_every_arm_and_case(self):
        found = made_up({"glibc": 1.0, "musl": 3.0, "musl+mshim": 1.5, "musl+mimalloc-alone": 2.0})
        rows = part_runs.evaluate(Nowhere().launches, found, random.Random(1))
        result = {"turns": 5, "arms": part_runs.described(Nowhere().launches), "rows": rows}
        for part in (growth, threads):
            text = part.render(result)
            for word in ("a case", *ARMS, "0.50 (0.50 to 0.50)", "musl+mshim / musl+mimalloc-alone: time 0.75, peak 0.75"):
                self.assertIn(word, text)

    def test_mean_over_time_weighs_by_time(self):
        self.assertEqual(churn.mean_bytes([(0, 10), (1, 10), (3, 30), (3.5, 30)]), (10 + 40 + 15) / 3.5)


class Running(unittest.TestCase):
    def test_a_case_is_measured_in_turns(self):
        steps = []
        program = os.path.join(support.TOP, "build", "glibc", "bench", "threads")
        if not os.path.exists(program):
            self.skipTest(f"there is no {program}")
        used = [launch._replace(program=program) for launch in launches()]
        if used[0].libc != "glibc":
            self.skipTest("the tests' Python is not on glibc")
        cases = [Case(kind, lambda launch, kind=kind: [launch.program, kind, "4"]) for kind in ("scale", "made", "elsewhere", "idle", "fork")]
        found = part_runs.measure(used, cases, 2, random.Random(1), lambda text, share: steps.append(share))
        self.assertAlmostEqual(sum(steps), 1)
        for runs in found.values():
            for arm in ("bare", "bare-again"):
                self.assertEqual(len(runs[arm]), 2)
                self.assertTrue(all(run.seconds > 0 and run.peak_bytes > 1 << 20 for run in runs[arm]))
        self.assertGreater(found["fork"]["bare"][0].peak_bytes, 200 << 20)

    def test_a_wrong_kind_is_named(self):
        program = os.path.join(support.TOP, "build", "glibc", "bench", "threads")
        if not os.path.exists(program):
            self.skipTest(f"there is no {program}")
        for words in (["scale", "0"], ["scale", "100000"], ["scale"]):
            done = subprocess.run([program, *words], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("threads: KIND and a number", done.stderr)

    def test_a_service_is_looked_at_while_it_serves_and_rests(self):
        steps, points = churn.run(launches(), random.Random(1), Progress(Quiet()), 2.0, 0.6)
        for arm in ("bare", "bare-again"):
            self.assertGreaterEqual(len(steps[arm]), churn.TURNS_MIN)
            self.assertTrue(all(wall > 0 and cpu > 0 for wall, cpu in steps[arm]))
            times = [at for at, _ in points[arm]]
            self.assertEqual(times, sorted(times))
            self.assertGreater(times[-1] - times[-3], 0.05)  # at rest, too
            self.assertTrue(all(found > 1 << 20 for _, found in points[arm]))
        self.assertGreater(max(found for _, found in points["bare"]), 20 << 20)

    def test_more_sessions_for_a_while(self):
        self.assertEqual([churn.sessions_at(share) for share in (0, 0.29, 0.3, 0.54, 0.56, 1)],
                         [churn.SESSIONS] * 2 + [churn.MORE_SESSIONS] * 2 + [churn.SESSIONS] * 2)

    def test_each_kind_grows_to_400_mib(self):
        done = subprocess.run([sys.executable, "-S", "-B", PARTS_WORKER, "growth", "BytesIO"], input="\n", capture_output=True,
                              text=True, timeout=120)
        seconds, _, peak = done.stdout.splitlines()[-1].split()
        self.assertGreater(float(seconds), 0)
        self.assertGreater(int(peak), 400 << 20)

    def test_a_case_that_fails_is_named(self):
        case = Case("the case", lambda launch: [launch.program, "-c", "raise SystemExit('no such thing')"])
        with self.assertRaises(BenchError) as caught:
            part_runs.one_run(launches()[0], case)
        self.assertIn("the case in arm bare", str(caught.exception))
        self.assertIn("no such thing", str(caught.exception))


class Choice(unittest.TestCase):
    def test_named_parts_run_without_workloads(self):
        for part in cli.PARTS:
            chosen = options.parse(["--only", part])
            self.assertEqual((chosen.workloads, chosen.parts), ([], (part,)))
        chosen = options.parse(["--only", "threads,growth,join_many"])
        self.assertEqual(([w.name for w in chosen.workloads], chosen.parts), (["join_many"], ("growth", "threads")))

    def test_no_mode_runs_them_unasked(self):
        for mode in ("--quick", "--full", "--real"):
            self.assertFalse(set(cli.PARTS) & set(options.parse([mode]).parts))

    def test_arms_of_their_own(self):
        chosen = options.parse(["--only", "growth", "--arms", "musl+mshim-jemalloc"])
        names = [arm.name for arm in part_runs.choose(chosen.part_arms, Places())]
        self.assertEqual(names, ["glibc", "musl", "musl+mshim-jemalloc"])

    def test_the_default_allocator_is_not_measured_twice(self):
        class Built:
            def lacks(self, arm):
                return ""

            def default_allocator(self):
                return "jemalloc"

        names = [arm.name for arm in part_runs.choose(None, Built())]
        self.assertIn("musl+mshim-mimalloc", names)
        self.assertNotIn("musl+mshim-jemalloc", names)

    def test_parts_belong_to_the_twins(self):
        for words in (["--python", sys.executable], ["--published"]):
            with self.assertRaises(UsageError) as caught:
                options.parse([*words, "--only", "churn"])
            self.assertIn("'churn'", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
