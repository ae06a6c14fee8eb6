# SPDX-License-Identifier: MIT
"""What is told is what was run."""
import json
import math
import re
import statistics
import unittest

from support import Case, work

MEASURES = ("wall_seconds", "user_seconds", "system_seconds", "peak_memory_bytes", "max_rss_bytes", "page_faults_minor",
            "page_faults_major", "context_switches_voluntary", "context_switches_involuntary")


class Results(Case):
    def test_raw_runs_and_what_is_made_of_them(self):
        result = self.result("-n", "10", "-a", "none,jemalloc,none", "--", work(), 1000, 25)
        self.assertEqual((result["format"], result["kind"], result["reference"], result["primary"]), (1, "compare", "none", "wall"))
        self.assertEqual([arm["name"] for arm in result["arms"]], ["none", "jemalloc", "none-again"])
        self.assertEqual((result["turns"], result["command"]), (10, [work(), "1000", "25"]))
        reference = result["arms"][0]
        for arm in result["arms"]:
            self.assertEqual([run["turn"] for run in arm["runs"]], list(range(10)))
            for run in arm["runs"]:
                self.assertGreaterEqual(run["wall_seconds"], 0.02)
                self.assertGreaterEqual(run["user_seconds"] + run["system_seconds"], 0.024)
                self.assertGreater(run["max_rss_bytes"], 100000)
            for measure in MEASURES:
                median = statistics.median(run[measure] for run in arm["runs"])
                self.assertAlmostEqual(arm["median"][measure], median, places=7)
        for turn in range(10):
            self.assertEqual(sorted(arm["runs"][turn]["position"] for arm in result["arms"]), [0, 1, 2])
        self.assertNotIn("ratio", reference)
        for arm in result["arms"][1:]:
            logs = [math.log(a["wall_seconds"] / b["wall_seconds"]) for a, b in zip(arm["runs"], reference["runs"])]
            means = sorted((a + b) / 2 for i, a in enumerate(logs) for b in logs[i:])
            ratio = arm["ratio"]["wall"]
            self.assertAlmostEqual(math.log(ratio["median"]), statistics.median(means), places=6)
            self.assertLess(ratio["low"], ratio["median"])
            self.assertGreater(ratio["high"], ratio["median"])
            # Of 1024 ways to give 10 ranks signs, 7 have a sum of 4 or less: within 5 % / 3 pairs / 2 ends, looked at once.
            self.assertAlmostEqual(math.log(ratio["low"]), means[4], places=6)
            self.assertAlmostEqual(math.log(ratio["high"]), means[-5], places=6)

    def test_html_report_has_the_same_results(self):
        result = self.result("-n", "1", "-a", "none,mimalloc", "-r", "result.html", "--", work(), "</script><b>&", 50)
        report = (self.folder / "result.html").read_text(encoding="utf-8")
        self.assertNotIn("</script><b>", report)
        shown = re.search(r'<script type="application/json" id="results">(.*?)</script>', report, re.DOTALL).group(1)
        self.assertEqual(json.loads(shown), result)

    def test_counters_tell_what_was_allocated(self):
        result = self.result("-n", "1", "-a", "none,mimalloc", "--", work("musl"), 12345)
        for arm, allocator in zip(result["arms"], ("system", "mimalloc")):
            counters = arm["counters"]
            self.assertEqual((counters["format"], counters["shim"]["allocator"]), (1, allocator))
            self.assertEqual(counters["functions"]["malloc"]["calls"] // 10, 1234)
            self.assertGreaterEqual(counters["functions"]["malloc"]["requested_bytes"], 1234500)

    def test_more_work_is_found(self):
        code = f'if [ -n "$MSHIM_ALLOCATOR" ]; then exec {work()} 0 60; else exec {work()} 0 30; fi'
        result = self.result("-a", "none,mimalloc", "-n", "60", "--precision", "60", "--", "sh", "-c", code)
        once, twice = (arm["median"]["user_seconds"] + arm["median"]["system_seconds"] for arm in result["arms"])
        self.assertGreater(twice / once, 1.6)
        self.assertLess(twice / once, 2.4)
        self.assertRegex(result["verdict"][0], r"^mimalloc: .*x slower \(")

    def test_memory_of_a_tree_is_that_of_all_its_processes(self):
        code = "b = bytearray(%d); b[::4096] = b'x' * len(b[::4096]); import time; time.sleep(0.5)"
        tree = f"""python3 -S -c "{code % 12000000}" & python3 -S -c "{code % 18000000}"; wait"""
        result = self.result("-n", "1", "-a", "none,none", "--", "sh", "-c", tree)
        self.assertIn(result["peak_memory_source"], ("cgroup", "pss"))
        for arm in result["arms"]:
            run = arm["runs"][0]
            self.assertGreater(run["peak_memory_bytes"], 30e6)
            self.assertLess(run["peak_memory_bytes"], 60e6)
            self.assertLess(run["max_rss_bytes"], 30e6)

    def test_peak_that_falls_between_samples_is_known(self):
        code = "import time; time.sleep(0.3); b = bytearray(40000000); b[::4096] = b'x' * len(b[::4096])"
        result = self.result("-n", "1", "-a", "none,none", "--", "python3", "-S", "-c", code)
        self.assertIn(result["peak_memory_source"], ("cgroup", "pss"))
        for arm in result["arms"]:
            self.assertGreater(arm["runs"][0]["peak_memory_bytes"], 41e6)
            self.assertLess(arm["runs"][0]["peak_memory_bytes"], 60e6)

    def test_times_of_a_tree_are_those_of_all_its_processes(self):
        result = self.result("-n", "2", "-a", "none,none", "--", "sh", "-c", f"{work()} 0 60 & {work()} 0 60; wait")
        for run in result["arms"][0]["runs"]:
            self.assertGreater(run["user_seconds"] + run["system_seconds"], 0.115)

    def test_runs_and_time_are_limits(self):
        result = self.result("--precision", "100", "-a", "none,none", "--", "sleep", "0.1")
        self.assertEqual(result["stopped_by"], "precision")
        self.assertGreaterEqual(result["turns"], 10)
        result = self.result("-n", "3", "--time", "30", "-a", "none,none", "--", work(), 0)
        self.assertEqual((result["turns"], result["stopped_by"]), (3, "runs"))
        result = self.result("--time", "1", "-a", "none,none", "--", "sleep", "0.2")
        self.assertEqual(result["stopped_by"], "time")
        self.assertLess(result["turns"], 4)
        self.assertGreater(result["turns"], 0)

    def slower_without(self, arm):
        """A command that takes 1.75 times as long where `arm` is not the allocator; it sleeps, whatever else runs here."""
        return "sh", "-c", f'if [ "$MSHIM_ALLOCATOR" = {arm} ]; then exec sleep 0.4; else exec sleep 0.7; fi'

    def test_eight_turns_of_eight_name_what_is_much_faster(self):
        result = self.result("-n", "8", "-a", "none,mimalloc,jemalloc,none", "--", *self.slower_without("mimalloc"))
        self.assertEqual((result["turns"], result["stopped_by"]), (8, "runs"))
        self.assertRegex(result["verdict"][0], r"^mimalloc: 1\.\d\dx faster \(")
        for line in result["verdict"][1:3]:
            self.assertNotIn("too few", line)

    def test_what_is_found_early_is_said_early(self):
        words = ("-n", "16", "--precision", "0.01", "-a", "none,mimalloc", "--", *self.slower_without("mimalloc"))
        _, err = self.compare(*words)
        self.assertRegex(err, r"\[\d:\d\d\] after 8 turns, mimalloc: 1\.\d+x faster \(")

    def test_a_slower_arm_is_dropped(self):
        code = 'if [ "$MSHIM_ALLOCATOR" = mallocng ]; then exec sleep 0.3; else exec sleep 0.1; fi'
        result = self.result("-n", "16", "-a", "none,mallocng,mimalloc", "--", "sh", "-c", code)
        arms = {arm["name"]: arm for arm in result["arms"]}
        self.assertEqual(arms["mallocng"]["dropped_after"], 8)
        self.assertEqual(len(arms["mallocng"]["runs"]), 8)
        self.assertNotIn("dropped_after", arms["mimalloc"])
        self.assertEqual(len(arms["mimalloc"]["runs"]), result["turns"])
        self.assertRegex(result["verdict"][0], r"^mallocng: .*x slower \(.*; dropped after 8 turns$")
        self.assertNotIn("mallocng", next(line for line in result["verdict"] if line.startswith("fastest: ")))
        kept = self.result("-n", "16", "--precision", "1", "-a", "none,mallocng,mimalloc", "--", "sh", "-c", code)
        self.assertEqual([len(arm["runs"]) for arm in kept["arms"]], [kept["turns"]] * 3)  # all are to be known as well

    def test_more_time_is_asked_for_where_turns_are_too_few(self):
        result = self.result("--time", "2", "-a", "none,mimalloc,jemalloc,none", "--", "sleep", "0.2")
        self.assertEqual(result["stopped_by"], "time")
        self.assertRegex(result["outlook"], r"^an answer for 4 arms needs 7 turns: --time \d+$")
        self.assertNotIn("counters", result["arms"][1])  # there was no time for them
        seconds = int(result["outlook"].rpartition(" ")[2])
        result = self.result("--time", seconds, "-a", "none,mimalloc,jemalloc,none", "--", "sleep", "0.2")
        self.assertGreaterEqual(result["turns"], 7)
        self.assertNotIn("too few", " ".join(result["verdict"]))

    def test_output_for_people(self):
        out, err = self.compare("-n", "1", "-a", "none,none", "--", work(), 0)
        self.assertIn("Medians of 1 runs each", out)
        self.assertRegex(out, r"\nnone-again: too few runs to tell \(\d\.\d+x (slower|faster) in [01] of 1 turns\)\n"
                              r"an answer for 2 arms needs 6 turns: -n 6\n$")
        self.assertEqual(err, "")


if __name__ == "__main__":
    unittest.main()
