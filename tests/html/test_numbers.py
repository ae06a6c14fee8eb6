# SPDX-License-Identifier: MIT
"""The numbers on the report are those of the results, as the terminal has them."""

import copy
import math
import unittest

import report_case
import samples
from engine import table


def reversed_ratio(ratio):
    """How many times as fast, by its text on the report."""
    return f"{1 / ratio['median']:.2f}  {1 / ratio['high']:.2f} to {1 / ratio['low']:.2f}"


class Bench(report_case.ReportCase):
    def setUp(self):
        self.found = samples.bench()
        self.arms = list(self.found["geomean"])

    def expect_view(self, cell):
        expected = [
            [row["name"], row["group"], f"{row['reference_seconds'] * 1000:.1f}", *(cell(row, arm) for arm in self.arms)]
            for row in self.found["workloads"]
        ]
        self.assertEqual(self.rows("workloads"), expected)

    def test_table_has_the_terminals_cells(self):
        self.show(self.found, "bench")
        self.expect_view(lambda row, arm: table.time_cell(row["ratio"][arm]))
        self.choose("workloads", "peak memory")
        self.expect_view(lambda row, arm: table.number(row["peak_rss_ratio"].get(arm)))
        self.choose("workloads", "page faults")
        self.expect_view(table.faults_cell)

    def test_last_row_has_the_geometric_means(self):
        self.show(self.found, "bench")
        means = [table.number(self.found["geomean"][arm]) for arm in self.arms]
        self.assertEqual(self.texts("#workloads tfoot td")[2:], means)

    def test_picture_has_every_arm_with_its_interval_and_memory(self):
        self.show(self.found, "bench")
        self.assertEqual(self.texts("#verdict .arm .label"), self.arms)
        spans = self.found["geomean_interval"]
        expected = []
        for arm in self.arms:
            low, high = spans[arm]["low"], spans[arm]["high"]
            expected += [f"{self.found['geomean'][arm]:.2f}  {low:.2f} to {high:.2f}"]
            expected += [table.number(self.found["peak_rss_geomean"][arm])]
        self.assertEqual(self.texts("#verdict .arm .value"), expected)

    def test_marks_stand_where_their_numbers_are(self):
        """Between two lines of the axis a mark is as far as the logarithm of its number."""
        self.show(self.found, "bench")
        script = """return [...document.querySelectorAll("#verdict .arm")].map((arm) => +arm.querySelector("circle").getAttribute("cx"))"""
        places = self.run_script(script)
        logs = [math.log(self.found["geomean"][arm]) for arm in self.arms]
        slopes = [(places[i] - places[0]) / (logs[i] - logs[0]) for i in range(1, len(logs)) if abs(logs[i] - logs[0]) > 0.05]
        self.assertGreaterEqual(len(slopes), 2)
        for slope in slopes:
            self.assertAlmostEqual(slope / slopes[0], 1, places=6)
            self.assertGreater(slope, 0)

    def test_verdict_in_words_comes_first(self):
        self.show(self.found, "bench")
        self.assertEqual(self.texts("h1"), [self.found["verdict"][0]])
        self.assertEqual(self.texts("#verdict .words p"), self.found["verdict"][1:])
        self.assertEqual(self.texts(".warning"), ["Warning: something to know."])
        order = self.run_script("return [...document.getElementById('report').children].map((child) => child.id)")
        self.assertEqual(order, ["verdict", "scatter", "runs", "groups", "workloads", "pairs", "machine"])

    def test_distribution_has_a_dot_for_every_turn_of_the_workload_chosen(self):
        self.show(self.found, "bench")
        count = len(self.found["workloads"])
        dots = "return [...document.querySelectorAll('#runs .arm')].map((arm) => arm.querySelectorAll('.run').length)"
        self.assertEqual(self.run_script(dots), [count] * len(self.arms))
        name = self.found["workloads"][1]["name"]
        self.choose("runs", name)
        raw = self.found["raw"][name]["glibc"]
        self.assertEqual(self.run_script(dots), [sum(map(len, raw))] * len(self.arms))

    def test_kinds_and_pairs_are_as_in_the_terminal(self):
        self.show(self.found, "bench")
        groups = self.found["groups"]
        expected = [[group, *(table.number(means[arm]) for arm in self.arms)] for group, means in groups.items()]
        self.assertEqual(self.rows("groups"), expected)
        (pair,) = self.found["comparisons"]
        ratio = pair["ratio"]
        expected = [pair["arm"], pair["against"], f"{ratio['median']:.3f}", f"{ratio['low']:.3f} to {ratio['high']:.3f}"]
        self.assertEqual(self.rows("pairs"), [[*expected, pair["title"]]])

    def test_dropped_arms_and_what_more_time_would_bring(self):
        found = samples.compare()
        found["arms"][2].update(dropped_after=3, runs=found["arms"][2]["runs"][:3])
        found["outlook"] = "an answer for 4 arms needs 8 turns: --time 60"
        self.show(found, "dropped")
        self.assertEqual([row[:2] for row in self.rows("arms")][2], ["jemalloc (dropped)", "3"])
        self.assertIn(found["outlook"], " ".join(self.texts("#verdict p, #verdict li")))

    def test_parts_are_there_with_and_without_workloads(self):
        parts = {"growth": samples.part(), "threads": samples.part(), "churn": samples.churn()}
        for found in (samples.bench(), {"format": 1, "reference": "glibc", "workloads": [], "geomean": {}}):
            self.show({**found, **parts}, "parts")
            for part in ("growth", "threads"):
                self.assertEqual(self.rows(part)[0][:5], ["list", "glibc", "250 ms", "200 ms", "-"])
                self.assertEqual(self.rows(part)[2][4:], ["0.50 (0.40 to 0.60)", "0.50 (0.40 to 0.60)", "408 MiB", "0.50 (0.40 to 0.60)"])
            self.assertEqual(self.rows("churn")[2][4:], ["90.0 MiB", "1.20", "60.0 MiB", "1.10", "50.0 MiB", "1.30"])
            self.assertEqual(len(self.texts("#churn svg")), 2)  # a picture for each libc
            self.assertEqual(self.run_script("return document.querySelectorAll('#churn svg path.series').length"), 3)
        self.assertEqual(self.texts("h1"), ["Parts of the bench were measured, and no workload."])

    def test_the_second_set_has_a_table_of_its_own(self):
        found = samples.bench()
        found["second"] = samples.bench(count=5)
        self.show(found, "second")
        self.assertEqual([row[0] for row in self.rows("second")], [row["name"] for row in found["second"]["workloads"]])
        self.assertEqual(len(self.rows("workloads")), 12)

    def test_overhead_is_there_with_and_without_workloads(self):
        bare = {key: self.found[key] for key in ("format", "machine", "versions", "reference")}
        for found in (self.found, {**bare, "workloads": [], "geomean": {}, "groups": {}, "verdict": [], "warnings": []}):
            self.show({**found, "price": samples.overhead()}, "overhead")
            self.assertEqual(self.rows("overhead"), [["pair", "1,024", "1", "1234", "4.12"]])
            self.assertEqual(self.rows("overhead-means"), [["musl", "pair", "2", "mimalloc", "-", "4.12 (4.00 to 4.25)"]])
            self.assertEqual(self.rows("overhead-threads"), [["musl", "4.12 (4.00 to 4.25)", "4.12 (4.00 to 4.25)"]])
            self.assertEqual([row[2] for row in self.rows("overhead-start")], ["-", "4.12 (4.00 to 4.25)"])
        self.assertEqual(self.texts("h1"), ["The shim's own overhead was measured, and no workload."])

    def test_real_packages_have_processor_time_load_and_installation(self):
        first = self.found["workloads"][0]
        first["cpu_ratio"] = {"musl": {"median": 1.25, "low": 1.2, "high": 1.3}}
        self.found["workloads"][1]["cpu_ratio"] = {}
        first["load"] = {"requests_per_second": {"glibc": 1000.0, "musl": 800.0}, "p99_ms": {"glibc": 12.5, "musl": 20.25}}
        first["load"]["requests_per_second_ratio"] = {"musl": {"median": 0.8, "low": 0.75, "high": 0.85}}
        self.found["install"] = {
            "packages": ["pandas"],
            "seconds": {"glibc": 20.04, "musl": 30.06},
            "cpu_seconds": {"glibc": 15.5},
            "ratio": {"musl": {"median": 1.5, "low": 1.4, "high": 1.6}},
            "installed_bytes": {"musl": 250 * 2**20},
            "wheels_bytes": {"musl": 60 * 2**20},
            "fetching": {"musl": {"seconds": 7.5}},
        }
        self.show(self.found, "real")
        self.assertEqual(self.rows("service")[:2], [["glibc", "1000", "12.5"], ["glibc-again", "-", "-"]])
        self.assertEqual(self.rows("service")[2], ["musl", "800 (0.80)", "20.2"])
        self.assertEqual(self.rows("install"), [["glibc", "20.0", "15.5", "-"], ["musl", "30.1", "-", "1.50 (1.40 to 1.60)"]])
        self.assertIn("musl60.0 MiB250 MiB7.50 s", self.texts("#install tbody tr"))
        self.choose("workloads", "CPU time")
        self.assertEqual([row[4] for row in self.rows("workloads")[:2]], ["1.25", "-"])

    def test_ties_are_rounded_as_the_terminal_does(self):
        for index, value in enumerate((0.125, 0.375, 12.25, 12.75, 100.5, 101.5, 2.675)):
            self.found["workloads"][index]["peak_rss_ratio"]["musl"] = value
        self.show(self.found, "bench-ties")
        self.choose("workloads", "peak memory")
        self.expect_view(lambda row, arm: table.number(row["peak_rss_ratio"].get(arm)))


class Compare(report_case.ReportCase):
    def test_picture_tells_how_many_times_as_fast(self):
        found = samples.compare()
        self.show(found, "compare")
        values = self.texts("#verdict .arm .value")
        expected = []
        for arm in found["arms"][1:]:
            if "ratio" in arm:
                expected += [reversed_ratio(arm["ratio"]["wall"]), f"{arm['ratio']['peak_memory']['median']:.2f}"]
            else:
                expected += ["void", "-"]
        self.assertEqual(values, expected)

    def test_ratio_without_an_interval_claims_nothing(self):
        found = samples.compare()
        for arm in found["arms"]:
            for ratio in arm.get("ratio", {}).values():
                del ratio["low"], ratio["high"]
        self.show(found, "few")
        first = 1 / found["arms"][1]["ratio"]["wall"]["median"]
        self.assertEqual(self.texts("#verdict .arm .value")[:2], [f"{first:.2f}", "1.04"])
        self.assertEqual(self.run_script("return document.querySelectorAll('.better, .worse, .whisker').length"), 0)
        self.assertEqual(self.run_script("return document.querySelectorAll('#verdict .alike .dot').length"), 3)

    def test_rates_are_better_when_they_are_higher(self):
        found = samples.compare(server=True)
        self.show(found, "server")
        ratio = found["arms"][1]["ratio"]["requests_per_second"]
        self.assertEqual(
            self.texts("#verdict .arm .value")[0], f"{ratio['median']:.2f}  {ratio['low']:.2f} to {ratio['high']:.2f}"
        )
        self.assertEqual(self.run_script("return document.querySelector('#verdict .arm').classList.contains('better')"), True)

    def test_table_has_the_medians(self):
        found = samples.compare()
        self.show(found, "compare")
        for row, arm in zip(self.rows("arms"), found["arms"]):
            if "void" in arm:
                self.assertEqual(row, [f"{arm['name']} (void)", "0", *["-"] * 6])
                continue
            median = arm["median"]
            self.assertEqual(row[:3], [arm["name"], "7", f"{median['wall_seconds'] * 1000:.0f} ms"])
            self.assertEqual(row[5:], [f"{median['peak_memory_bytes'] / 2**20:.1f} MiB", f"{median['page_faults_minor']:,}", "0"])

    def test_headline_is_the_line_that_is_of_no_single_arm(self):
        found = samples.compare()
        self.show(found, "compare")
        self.assertEqual(self.texts("h1"), ["fastest: mimalloc"])
        self.assertEqual(self.texts("#verdict .words p"), ["least memory: jemalloc", "mimalloc: 1.64x faster"])
        self.assertEqual(self.texts("#verdict .command"), ["python3 work.py 'a b'"])

    def test_memory_over_time_and_distribution_are_of_the_runs(self):
        found = samples.compare(server=True)
        self.show(found, "server")
        self.assertEqual(len(self.texts("#memory path.series")), 4)
        self.assertEqual(sorted(self.texts("#memory .label")), sorted(arm["name"] for arm in found["arms"][:4]))
        dots = "return [...document.querySelectorAll('#runs .arm')].map((arm) => arm.querySelectorAll('.run').length)"
        self.assertEqual(self.run_script(dots), [7, 7, 7, 7])

    def test_sizes_and_time_are_the_counters(self):
        self.show(samples.compare(), "compare")
        self.assertEqual(
            self.rows("sizes"),
            [["1 to 16", "400", "0.0%"], ["17 to 32", "1,189,526", "66.0%"], ["33 to 48", "611,104", "33.9%"],
             ["1,025 to 1,280", "175", "0.0%"]],
        )  # fmt: skip
        self.assertEqual(self.texts("#sizes .size .share"), ["66%", "34%"])
        self.assertEqual(self.texts("#allocation-time .value"), ["12.4% ±1.1"] * 4)
        self.assertEqual(self.rows("allocation-time")[1], ["mimalloc", "malloc", "18.0 ns", "240 ns", "81.0 µs"])

    def test_what_is_absent_is_shown_as_absent(self):
        found = samples.compare(server=True)
        bare = copy.deepcopy(found)
        for arm in bare["arms"][:4]:
            for key in ("counters", "ratio"):
                arm.pop(key, None)
            arm["median"] = {"wall_seconds": arm["median"]["wall_seconds"]}
            arm["runs"] = [{"turn": run["turn"], "wall_seconds": run["wall_seconds"]} for run in arm["runs"]]
        for key in ("machine", "versions", "verdict", "peak_memory_source", "primary", "turns"):
            del bare[key]
        self.show(bare, "absent")
        self.assertEqual([row[1:] for row in self.rows("arms")][4], ["0", "-"])
        order = self.run_script("return [...document.getElementById('report').children].map((child) => child.id)")
        self.assertEqual(order, ["verdict", "runs", "arms"])
        text = self.texts("main")[0]
        for word in ("NaN", "undefined", "null", "Infinity", "[object"):
            self.assertNotIn(word, text)


if __name__ == "__main__":
    unittest.main()
