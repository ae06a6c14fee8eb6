# SPDX-License-Identifier: MIT
"""The bench has to fit its time, whatever a turn costs."""

import unittest

import support  # noqa: F401
from engine import schedule
from engine.schedule import Cost


class Schedule(unittest.TestCase):
    costs = {"fast": Cost(0.2, 0.1), "slow": Cost(0.3, 2.0), "middle": Cost(0.2, 0.4)}

    def test_turns_fit_the_time(self):
        for seconds in (4, 8, 16, 32):
            turns = schedule.plan_turns(self.costs, seconds, 8)
            self.assertLessEqual(schedule.round_seconds(self.costs, turns), seconds)
            self.assertTrue(all(1 <= count <= 8 for count in turns.values()))

    def test_nobody_gets_less_than_one_or_more_than_most(self):
        self.assertEqual(set(schedule.plan_turns(self.costs, 0, 8).values()), {1})
        self.assertEqual(set(schedule.plan_turns(self.costs, 1000, 8).values()), {8})

    def test_a_slow_workload_gives_way(self):
        turns = schedule.plan_turns(self.costs, 8, 20)
        self.assertLess(turns["slow"], turns["fast"])

    def test_rounds(self):
        settings = schedule.QUICK._replace(starts=5, min_starts=4)
        left, turns = schedule.plan_rounds(self.costs, 1000, settings, done=1)
        self.assertEqual((left, set(turns.values())), (4, {settings.max_turns}))
        left, _ = schedule.plan_rounds(self.costs, 0, settings, done=1)
        self.assertEqual(left, 3)
        self.assertEqual(schedule.plan_rounds(self.costs, 1000, settings, done=5), (0, {}))


if __name__ == "__main__":
    unittest.main()
