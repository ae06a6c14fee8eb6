# SPDX-License-Identifier: MIT
"""latest.json and what is printed from it, from measurements whose truth is known."""

import json
import os
import random
import tempfile
import unittest

import support
import workloads
from engine import machine, results, sentence, table

FACTORS = {"glibc": 1.0, "glibc-again": 1.0, "musl": 2.0, "musl+jemalloc": 1.31, "musl+mimalloc": 1.35, "musl+mshim": 1.1}


def evaluated(factors):
    chosen = workloads.load_all()[:12]
    samples = support.made_up(chosen, factors, starts=5, turns=4, seed=1)
    found = {"format": results.FORMAT, "machine": machine.describe()}
    found.update(results.evaluate(samples, chosen, random.Random(2)))
    found["warnings"] = results.warnings({**found, "machine": {}})
    return found


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = evaluated(FACTORS)

    def test_schema(self):
        found = json.loads(json.dumps(self.found, allow_nan=False))
        self.assertEqual(found["format"], 1)
        self.assertEqual(found["reference"], "glibc")
        others = set(FACTORS) - {"glibc"}
        self.assertEqual(set(found["geomean"]), others)
        self.assertEqual(set(found["geomean_interval"]), others)
        for row in found["workloads"]:
            self.assertLessEqual({"name", "group", "ratio", "peak_rss_ratio", "page_faults_ratio"}, set(row))
            self.assertEqual(set(row["ratio"]), others)
            for estimate in row["ratio"].values():
                self.assertLessEqual(estimate["low"], estimate["median"])
                self.assertLessEqual(estimate["median"], estimate["high"])
        self.assertEqual(set(found["groups"]), {row["group"] for row in found["workloads"]})
        for means in found["groups"].values():
            self.assertEqual(set(means), others)

    def test_finds_the_truth_through_the_drift(self):
        for arm, factor in FACTORS.items():
            if arm != "glibc":
                self.assertAlmostEqual(self.found["geomean"][arm] / factor, 1, delta=0.03)
                span = self.found["geomean_interval"][arm]
                self.assertTrue(span["low"] <= factor <= span["high"], (arm, factor, span))
                self.assertLess(span["high"] - span["low"], 0.1 * factor)

    def test_processor_time_is_told_from_time(self):
        # Made up as the same for all arms: no ratio but 1, whatever the clock did.
        self.assertEqual(set(self.found["cpu_geomean"]), set(FACTORS) - {"glibc"})
        for arm, mean in self.found["cpu_geomean"].items():
            self.assertAlmostEqual(mean, 1.0)
            self.assertEqual(self.found["workloads"][0]["cpu_ratio"][arm], {"median": 1.0, "low": 1.0, "high": 1.0})

    def test_memory_and_faults(self):
        row = self.found["workloads"][0]
        self.assertAlmostEqual(row["peak_rss_ratio"]["musl"], 2.0, places=3)
        self.assertAlmostEqual(row["page_faults_ratio"]["musl"], 10.0)

    def test_what_was_not_measured_is_absent(self):
        chosen = workloads.load_all()[:1]
        samples = support.made_up(chosen, {"glibc": 1.0, "musl": 2.0}, 3, 2, 1)
        start = samples.starts[chosen[0].name][0]
        quiet = [rep._replace(faults=0) for rep in start.repetitions["glibc"]]
        for each in samples.starts[chosen[0].name]:
            each.repetitions["glibc"][:] = quiet
        row = results.evaluate(samples, chosen, random.Random(1))["workloads"][0]
        self.assertNotIn("musl", row["page_faults_ratio"])
        self.assertEqual(row["page_faults"]["musl"], 100)

    def test_warns_when_the_same_differs(self):
        self.assertEqual(self.found["warnings"], [])
        skewed = {"reference": "glibc", "geomean_interval": {"glibc-again": {"low": 1.01, "high": 1.03}}}
        self.assertIn("glibc-again", results.warnings(skewed)[0])

    def test_sentence_is_made_of_the_numbers(self):
        text = " ".join(sentence.verdict(self.found))
        self.assertIn(f"{self.found['geomean']['musl']:.2f}", text)
        self.assertIn("musl+jemalloc brings that to", text)
        self.assertRegex(text, r"takes away (6[5-9]|7[0-4])% of the extra time")
        self.assertIn("What is left with musl+mshim", text)

    def test_sentence_says_faster_only_where_the_interval_does(self):
        for factor, words in ((0.85, "musl+mshim it is faster than glibc"), (1.0, "nothing is left that could be told")):
            self.assertIn(words, " ".join(sentence.verdict(evaluated({**FACTORS, "musl+mshim": factor}))))

    def test_sentence_on_what_people_choose_between(self):
        found = evaluated({"slim": 1.0, "alpine": 1.9, "alpine+mshim": 1.05, "alpine+mshim+relinked": 0.9})
        text = sentence.verdict(found)
        self.assertRegex(text[0], r"Alpine's image takes 1\.(8|9)\d \(.* as long as that of Debian's, peak memory 1\.90\.")
        self.assertRegex(text[2], r"relinked besides, 0\.(8|9)\d ")
        self.assertEqual(len(text), 3)

    def test_table_has_every_workload_and_arm_at_any_width(self):
        for width in (60, 100, 300):
            text = table.render(self.found, width)
            for name in [row["name"] for row in self.found["workloads"]] + list(FACTORS):
                self.assertIn(name, text)

    def test_written_whole_or_not_at_all(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench", "latest.json")
            results.write({"a": [1, 2], "b": "ü"}, path)
            with open(path, encoding="utf-8") as file:
                self.assertEqual(json.load(file), {"a": [1, 2], "b": "ü"})
            with self.assertRaises(ValueError):
                results.write({"a": float("nan")}, path)
            with self.assertRaises(TypeError):
                results.write({"a": object()}, path)
            self.assertEqual(os.listdir(os.path.dirname(path)), ["latest.json"])


class SecondSet(unittest.TestCase):
    FACTORS = {"glibc": 1.0, "musl": 2.0, "musl+mshim": 0.9}

    def results(self, count=4):
        second = workloads.load_all(workloads.SECOND_GROUPS)[:count]
        frozen = workloads.load_all()[:count]
        samples = support.made_up(frozen + second, self.FACTORS, starts=3, turns=3, seed=5)
        found = {"machine": {}, **results.evaluate(samples, frozen, random.Random(5))}
        found["second"] = results.evaluate(samples, second, random.Random(5))
        return found, frozen, second

    def test_the_sets_have_means_of_their_own(self):
        found, frozen, second = self.results()
        self.assertEqual([row["name"] for row in found["workloads"]], [w.name for w in frozen])
        self.assertEqual([row["name"] for row in found["second"]["workloads"]], [w.name for w in second])
        self.assertEqual(set(found["groups"]) & set(found["second"]["groups"]), set())
        self.assertAlmostEqual(found["second"]["geomean"]["musl"], 2.0, delta=0.2)

    def test_both_are_shown_apart(self):
        found, frozen, second = self.results()
        first, other = table.render(found, 150), table.render_second(found, 150)
        for each in frozen:
            self.assertIn(each.name, first)
            self.assertNotIn(each.name, other)
        for each in second:
            self.assertIn(each.name, other)
            self.assertNotIn(each.name, first)
        self.assertIn("All 4 workloads of the second set", other)
        self.assertRegex(other, r"musl\+mshim +frozen 0\.\d+, second 0\.\d+")

    def test_the_sentence_says_both(self):
        found, _, _ = self.results()
        said = sentence.verdict(found)
        self.assertRegex(said[-1], r"^On the second set, 4 workloads .* musl is [12]\.\d\d \(.*, musl\+mshim is 0\.\d\d \(")
        del found["second"]
        self.assertEqual(sentence.verdict(found), said[:-1])


if __name__ == "__main__":
    unittest.main()
