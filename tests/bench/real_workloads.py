# SPDX-License-Identifier: MIT
"""Every workload of `bench/run --real` through the engine, once, on the musl twin with the shim. Each checks its own result,
and each worker proves its arm. A program of its own, since it needs packages from the index (tests/real_packages.sh)."""

import random
import tempfile

import support  # noqa: F401
import workloads
from engine import arms, driver
from engine.places import Places


def main():
    places = Places()
    arm = next(arm for arm in arms.TWINS if arm.name == "musl+mshim")
    with tempfile.TemporaryDirectory() as folder:
        launch = arms.with_packages(arms.resolve(arm, places, folder), places)
        for workload in workloads.load_all(workloads.REAL_GROUPS):
            start, reason = driver.one_start(workload, [launch], 1, random.Random(1))
            assert start, f"{workload.name}: {reason}"
            (repetition,) = start.repetitions[arm.name]
            assert repetition.ns > 0 and start.peak_rss[arm.name] > 1 << 20, (workload.name, start)
            assert bool(workload.request) == bool(start.loads), workload.name


if __name__ == "__main__":
    main()
