# SPDX-License-Identifier: MIT
"""Shared libraries of this machine: relinked, or left alone with a reason (corpus.py). A few; all with MSHIM_TEST_FULL."""
import os
import sys
import unittest

import corpus

FULL = "MSHIM_TEST_FULL" in os.environ
SAMPLE, MOST_SAMPLE_BYTES = 16, 1 << 20


class Corpus(unittest.TestCase):
    def test_libraries_of_this_machine(self):
        paths = corpus.libraries(corpus.roots()) if FULL else corpus.sample(corpus.roots(), SAMPLE, MOST_SAMPLE_BYTES)
        trials = corpus.try_all(paths, jobs=2, disassemble=True,
                                tell=lambda trial: print(trial, file=sys.stderr) if FULL or trial.anomalies else None)
        print(corpus.summary(trials), file=sys.stderr)
        self.assertEqual([str(trial) for trial in trials if trial.anomalies], [])
        self.assertTrue({"relinked", "left alone"} <= {trial.outcome for trial in trials} or not FULL)
        self.assertGreater(len(trials), SAMPLE // 2)


if __name__ == "__main__":
    unittest.main()
