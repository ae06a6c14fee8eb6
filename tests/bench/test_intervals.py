# SPDX-License-Identifier: MIT
"""The statistics against distributions whose truth is known."""

import math
import random
import unittest

import support  # noqa: F401  (puts the bench in reach)
from engine import intervals


def sample(rng, starts, turns, between, within, truth=0.0):
    return [
        [truth + luck + rng.gauss(0, within) for _ in range(turns)] for luck in [rng.gauss(0, between) for _ in range(starts)]
    ]


class Intervals(unittest.TestCase):
    def test_median_of_even_and_odd(self):
        self.assertEqual(intervals.median([1, 2, 9]), 2)
        self.assertEqual(intervals.median([1, 2, 4, 9]), 3)

    def test_pairing_takes_drift_out(self):
        drift = [1.0, 1.2, 1.7, 0.9]
        logs = intervals.paired_logs([[200 * d for d in drift]], [[100 * d for d in drift]])
        for value in logs[0]:
            self.assertAlmostEqual(value, math.log(2))

    def coverage(self, starts, turns, between, within):
        rng = random.Random(4)
        truth, hits, trials = 0.3, 0, 200
        for _ in range(trials):
            values = sample(rng, starts, turns, between, within, truth)
            low, high = intervals.interval(intervals.replicates(values, rng, 200))
            hits += low <= truth <= high
        return hits / trials

    def test_interval_holds_the_truth_as_often_as_it_says(self):
        # Few starts whose luck outweighs the noise are the hard case for a bootstrap; plain noise is the easy one.
        self.assertGreaterEqual(self.coverage(5, 4, 0.02, 0.02), 0.88)
        self.assertGreaterEqual(self.coverage(12, 6, 0.03, 0.01), 0.88)
        self.assertGreaterEqual(self.coverage(5, 4, 0.0, 0.03), 0.93)

    def test_more_turns_of_one_process_do_not_narrow_it_below_the_luck_of_processes(self):
        rng = random.Random(5)
        low, high = intervals.interval(intervals.replicates(sample(rng, 6, 200, 0.03, 0.001), rng, 400))
        self.assertGreater(high - low, 0.02)

    def test_geometric_mean_of_equal_arms_contains_one(self):
        rng = random.Random(6)
        hits, trials = 0, 40
        for _ in range(trials):
            ratios = []
            for _ in range(12):
                base = [[1e7 * math.exp(v) for v in start] for start in sample(rng, 5, 4, 0.02, 0.02)]
                again = [[1e7 * math.exp(v) for v in start] for start in sample(rng, 5, 4, 0.02, 0.02)]
                ratios.append(intervals.Ratio(again, base, rng, 150))
            mean = intervals.geometric_mean(ratios)
            hits += mean.low <= 1 <= mean.high
        self.assertGreaterEqual(hits / trials, 0.9)

    def test_geometric_mean(self):
        rng = random.Random(7)
        ratios = [intervals.Ratio([[a]], [[100]], rng, 10) for a in (50, 200, 400)]
        self.assertAlmostEqual(intervals.geometric_mean(ratios).median, 4 ** (1 / 3))
        self.assertIsNone(intervals.geometric_mean([]))
        self.assertIsNone(intervals.geomean_of([]))


if __name__ == "__main__":
    unittest.main()
