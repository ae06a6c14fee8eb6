# SPDX-License-Identifier: MIT
"""A short campaign with the same seeds each time; tests/soak runs longer ones with others."""
import os
import unittest

import campaign

FULL = bool(os.environ.get("MSHIM_TEST_FULL"))


class Campaign(unittest.TestCase):
    def test_random_programs_live_and_leave_nothing(self):
        runs, operations = (400, 400000) if FULL else (40, 60000)
        wrong = []
        total = campaign.campaign(1, operations, lambda done: done >= runs,
                                  lambda run, did, fault: wrong.append(f"{run.words()}: {fault}") if fault else None)
        self.assertEqual(wrong, [])
        self.assertGreater(total["operations"], runs * operations / 4)

    def test_a_seed_is_one_run(self):
        self.assertEqual(campaign.Run.of(7, 100), campaign.Run.of(7, 100))
        self.assertNotEqual(campaign.Run.of(7, 100), campaign.Run.of(8, 100))


if __name__ == "__main__":
    unittest.main()
