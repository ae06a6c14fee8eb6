# SPDX-License-Identifier: MIT
"""The second set: `bench/run --set second`, and part of `--full`. Held out: nothing of the library was tuned on it."""
